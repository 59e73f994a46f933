//! Recovers the account that signed a text: Ethereum's signed messages (EIP-191, version 0x45) over secp256k1.

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha3::{Digest, Keccak256};

/// An account: the last 20 bytes of its key's hash.
pub(super) type Address = [u8; 20];

/// The account that signed `message`; none if the signature is invalid. `signature` is r, s and v, with v 27 or 28.
pub(super) fn signer(message: &str, signature: &[u8; 65]) -> Option<Address> {
    let (v, scalars) = signature.split_last()?;
    let recovery = RecoveryId::new(v.checked_sub(27).filter(|v| *v < 2)? == 1, false);
    let signature = Signature::from_slice(scalars).ok()?;
    // Of the two equally valid signatures, accounts produce the one with the lower s. Somebody else derived the other one from
    // it.
    if signature.normalize_s() != signature {
        return None;
    }
    let key = VerifyingKey::recover_from_prehash(&digest(message), &signature, recovery).ok()?;
    let point = key.to_sec1_point(false);
    let hash: [u8; 32] = Keccak256::digest(point.as_bytes().get(1..)?).into();
    hash.last_chunk().copied()
}

/// The length is counted in units of UTF-16, as JavaScript does, which differs from bytes beyond ASCII.
fn digest(message: &str) -> [u8; 32] {
    let length = message.encode_utf16().count();
    Keccak256::new().chain_update(format!("\x19Ethereum Signed Message:\n{length}")).chain_update(message).finalize().into()
}
