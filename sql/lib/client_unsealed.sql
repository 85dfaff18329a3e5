-- SPDX-License-Identifier: MIT
--
-- The complaint about a client whose secret is needed sealed, and is not.

create or replace function oauth2.client_unsealed()
returns jsonb
language sql
immutable
as $$
    select '[{"pointer": "/sealed_secret",
              "detail": "This client needs one, sealed under the key of the server."}]'::jsonb
$$;
