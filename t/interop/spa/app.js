// SPDX-License-Identifier: MIT
//
// A single-page application of oidc-client-ts.  The test leaves its settings
// in the local storage, and calls the manager; "arrived" is what came of an
// answer of the server's.

const { dpop, ...given } = JSON.parse(localStorage.getItem("settings") ?? "{}");
const arrivals = {
    "/callback": () => manager.signinCallback(),
    "/signed-out": () => manager.signoutCallback(),
};

window.manager = new oidc.UserManager({
    redirect_uri: `${location.origin}/callback`,
    post_logout_redirect_uri: `${location.origin}/signed-out`,
    popup_post_logout_redirect_uri: `${location.origin}/signed-out`,
    userStore: new oidc.WebStorageStateStore({ store: localStorage }),
    dpop: dpop && { bind_authorization_code: true, store: new oidc.IndexedDbDPoPStore() },
    ...given,
});
window.arrived = Promise.resolve(arrivals[location.pathname]?.());
