-- Networks from which somebody signed in lately: strangers elsewhere cannot use up the sign-in codes that are asked for there.
-- A network is a hash, so no address can be read from it.
CREATE TABLE sign_in_networks (
    user_id BIGINT NOT NULL,
    network BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, network)
) WITHOUT ROWID;
CREATE INDEX sign_in_networks_signed_in_at ON sign_in_networks (signed_in_at);
