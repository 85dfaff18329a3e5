// SPDX-License-Identifier: MIT

import { Link } from 'react-router-dom';

import { Page } from '../parts/Page';
import { paths } from '../routes';

export default function NotFound() {
  return (
    <Page title="Page not found" lead="There is nothing at this address.">
      <div className="actions">
        <Link className="button button-main" to={paths.home}>
          Home
        </Link>
      </div>
    </Page>
  );
}
