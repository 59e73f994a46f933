// Drives Eluvio's published client, and prints its results as one JSON object. Only one cached property of the client is set:
// the tenant, which it would otherwise request from a blockchain.
//
//   COUNTERSIGN_URL  the daemon             ETH_KEY   the account's private key
//   TENANT           the account's tenant   OTHER     another tenant
//   OBJECTS          ids of the account's objects, separated by commas
//   FOREIGN          the id of another person's object

const {ElvClient} = require("@eluvio/elv-client-js");

const {COUNTERSIGN_URL, ETH_KEY, TENANT, OTHER, FOREIGN} = process.env;
const [first, second, third] = process.env.OBJECTS.split(",");
const inAnHour = new Date(Math.floor(Date.now() / 1000) * 1000 + 3600 * 1000);
const inTwoHours = new Date(inAnHour.getTime() + 3600 * 1000);

// The result of a call: its value, or the parts of the client's error that applications read.
async function ended(call) {
  try {
    return {value: await call()};
  } catch(error) {
    const {name, status, body} = error;
    return {error: status ? {name, status, body} : {name, message: String(error.stack || error)}};
  }
}

async function main() {
  const client = await ElvClient.FromConfigurationUrl({configUrl: `${COUNTERSIGN_URL}/config`});
  const signer = client.GenerateWallet().AddAccount({privateKey: ETH_KEY});
  client.SetSigner({signer});
  client.userProfileClient.tenantContractId = TENANT;

  const saw = {address: signer.address.toLowerCase(), ends: [inAnHour.toISOString(), inTwoHours.toISOString()]};
  const attributes = {recipient: ["ann@example.org"], note: ["é€😀"]};
  saw.created = await ended(() => client.CreateShare({
    objectId: first, objectIds: [second, first], expiresAt: inAnHour, params: {attributes, sharing_type: "public", clip_start: 1.5}
  }));
  const shareId = saw.created.value && saw.created.value.share_id;
  // It ends later, so that the order of ids is not the order of ends.
  saw.other = await ended(() => client.CreateShare({objectIds: [third], expiresAt: inTwoHours}));
  saw.foreign = await ended(() => client.CreateShare({objectId: FOREIGN, expiresAt: inAnHour}));
  saw.endless = await ended(() => client.CreateShare({objectId: first, params: {attributes: {label: ["endless"]}}}));

  saw.all = await ended(() => client.Shares());
  saw.secondPage = await ended(() => client.Shares({limit: 1, offset: 1}));
  saw.pastTheEnd = await ended(() => client.Shares({limit: 10000, offset: 100}));
  saw.ofObject = await ended(() => client.Shares({objectId: second, limit: 5}));
  saw.ofObjectAndAttribute = await ended(() => client.Shares({
    objectId: first, limit: 5, params: {attributes: {label: ["endless"]}}
  }));
  // Without an object the client sends an empty POST, which means all objects.
  saw.ofParams = await ended(() => client.Shares({params: {attributes: {composition: ["main"]}}}));

  saw.info = await ended(() => client.ShareInfo({shareId}));
  saw.updated = await ended(() => client.UpdateShare({shareId, expiresAt: inTwoHours, params: {attributes: {label: ["new"]}}}));
  saw.token = await ended(() => client.RedeemShareToken({shareId}));
  saw.tokenAgain = await ended(() => client.RedeemShareToken({shareId}));

  client.userProfileClient.tenantContractId = OTHER;
  saw.otherTenantList = await ended(() => client.Shares());
  saw.otherTenantRevoke = await ended(() => client.RevokeShare({shareId}));
  client.userProfileClient.tenantContractId = TENANT;

  saw.revoked = await ended(() => client.RevokeShare({shareId}));
  saw.revokedAgain = await ended(() => client.RevokeShare({shareId}));
  saw.infoOfRevoked = await ended(() => client.ShareInfo({shareId}));
  saw.tokenOfRevoked = await ended(() => client.RedeemShareToken({shareId}));
  saw.allWithRevoked = await ended(() => client.Shares());
  saw.infoOfNothing = await ended(() => client.ShareInfo({shareId: "nope"}));
  saw.tokenOfNothing = await ended(() => client.RedeemShareToken({shareId: "nope"}));

  // The same client with an unknown account.
  client.SetSigner({signer: client.GenerateWallet().AddAccount({privateKey: `0x${"22".repeat(32)}`})});
  client.userProfileClient.tenantContractId = TENANT;
  saw.stranger = await ended(() => client.Shares());

  // The client's background work must not keep this process running.
  process.stdout.write(JSON.stringify(saw), () => process.exit(0));
}

main().catch(error => {
  process.stderr.write(`${error.stack || JSON.stringify(error)}\n`);
  process.exit(1);
});
