//! `/config`, which clients read first: the space that their tokens must name, and the URLs of the services.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::config::Config;
use crate::secret::digest;

/// The configuration of clients.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioConfig)]
pub(super) struct ConfigBody {
    node_id: String,
    network: Network,
    qspace: Space,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioNetwork)]
struct Network {
    api_versions: [u32; 1],
    services: Services,
}

/// The URLs of the services.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioServices)]
struct Services {
    fabric_api: [String; 1],
    /// Empty: there is no blockchain.
    ethereum_api: [String; 0],
    authority_service: [String; 1],
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioSpace)]
struct Space {
    /// The `spc` of signed tokens.
    id: String,
    names: [String; 1],
    ethereum: Ethereum,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioEthereum)]
struct Ethereum {
    network_id: u32,
}

/// The space that signed tokens must name: the configured one, or an id of this instance, so that tokens of other instances are
/// refused.
pub(super) fn space_id(config: &Config) -> String {
    config.eluvio.space_id.clone().unwrap_or_else(|| own_id(config, "ispc"))
}

/// An id in the format of the original: a prefix for the type, and 20 bytes in base58.
fn own_id(config: &Config, kind: &str) -> String {
    let hash = digest(&[b"countersign eluvio", kind.as_bytes(), config.server.public_url.as_str().as_bytes()]);
    format!("{kind}{}", bs58::encode(hash.first_chunk::<20>().unwrap_or(&[0; 20])).into_string())
}

/// The URLs of the services, and the space that tokens must name.
#[utoipa::path(get, path = "/config", security(()), responses((status = 200, body = ConfigBody)))]
pub(super) async fn config(config: Data<Config>) -> HttpResponse {
    let here = config.server.public_url.as_str().trim_end_matches('/');
    HttpResponse::Ok().json(ConfigBody {
        node_id: own_id(&config, "inod"),
        network: Network {
            api_versions: [3],
            services: Services { fabric_api: [here.to_owned()], ethereum_api: [], authority_service: [here.to_owned()] },
        },
        qspace: Space {
            id: space_id(&config),
            names: [config.eluvio.network.clone()],
            ethereum: Ethereum { network_id: config.eluvio.network_id },
        },
    })
}
