// Drives SAS's published restaf, and prints its results as one JSON object.
//
//   COUNTERSIGN_URL  the daemon                  SAS_USER, SAS_PASSWORD  who signs in
//   SHARED_WITH      to whom files are shared    FOREIGN                 the URI of a file that is somebody else's

const restaf = require("@sassoftware/restaf");

const {COUNTERSIGN_URL, SAS_USER, SAS_PASSWORD, SHARED_WITH, FOREIGN} = process.env;

// The result of a call: its value, or the client's error.
async function ended(call) {
  try {
    return {value: await call()};
  } catch(error) {
    return {error: error.toJS ? error.toJS() : error instanceof Error ? error.stack : error};
  }
}

function logon(store, password) {
  return store.logon({
    authType: "password", host: COUNTERSIGN_URL, user: SAS_USER, password, clientID: "sas.ec", clientSecret: ""
  });
}

async function main() {
  const saw = {};
  saw.wrongPassword = await ended(() => logon(restaf.initStore({}), "not the password"));

  const store = restaf.initStore({});
  saw.logon = await ended(() => logon(store, SAS_PASSWORD));
  const {authorization} = await store.addServices("authorization");
  saw.rels = authorization.links().keySeq().toJS();

  const create = name => store.apiCall(authorization.links("createShare"), {
    data: {type: "readShare", sharedWith: SHARED_WITH, sharedWithType: "user", resourceUri: `/files/files/${name}`, name}
  });
  saw.empty = (await store.apiCall(authorization.links("shares"))).itemsList().toJS();
  saw.created = [];
  for(const name of ["one", "two", "three"]) {
    saw.created.push((await create(name)).items().toJS());
  }
  saw.foreign = await ended(() => store.apiCall(authorization.links("createShare"), {
    data: {type: "read", sharedWith: SHARED_WITH, sharedWithType: "user", resourceUri: FOREIGN}
  }));

  const pageOf = raf => ({
    ids: raf.itemsList().toJS(),
    items: raf.itemsList().toJS().map(id => raf.items(id, "data").toJS()),
    rels: raf.itemsList().toJS().map(id => raf.itemsCmd(id).keySeq().toJS()),
    scroll: raf.scrollCmds() ? raf.scrollCmds().keySeq().toJS() : []
  });
  let page = await store.apiCall(authorization.links("shares"), {qs: {start: 0, limit: 2}});
  saw.pages = [pageOf(page)];
  while(page.scrollCmds("next")) {
    page = await store.apiCall(page.scrollCmds("next"));
    saw.pages.push(pageOf(page));
  }

  // The client drops a page when it gets the next one.
  const firstPage = await store.apiCall(authorization.links("shares"), {qs: {start: 0, limit: 2}});
  const id = firstPage.itemsList().first();
  saw.self = (await store.apiCall(firstPage.itemsCmd(id, "self"))).items().toJS();
  saw.deleted = await ended(async () => (await store.apiCall(firstPage.itemsCmd(id, "delete"))).status);
  saw.selfOfDeleted = await ended(() => store.apiCall(firstPage.itemsCmd(id, "self")));
  saw.badFilter = await ended(() => store.apiCall(authorization.links("shares"), {qs: {filter: "nonsense"}}));
  saw.left = (await store.apiCall(authorization.links("shares"))).itemsList().size;

  process.stdout.write(JSON.stringify(saw), () => process.exit(0));
}

main().catch(error => {
  process.stderr.write(`${error.stack || JSON.stringify(error)}\n`);
  process.exit(1);
});
