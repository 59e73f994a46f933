//! The tables of both databases. `tests/store/schema.rs` compares this file with the migrations.

diesel::table! {
    meta (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    principals (id) {
        id -> BigInt,
        kind -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        username -> Text,
        email -> Text,
        first_name -> Text,
        last_name -> Text,
        locale -> Text,
        time_zone -> Text,
        is_external -> Bool,
        is_admin -> Bool,
        password_hash -> Nullable<Text>,
        eth_address -> Nullable<Text>,
        tenant -> Nullable<Text>,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        username_key -> Nullable<Text>,
        username_shape -> Nullable<Text>,
        first_name_key -> Nullable<Text>,
        last_name_key -> Nullable<Text>,
        is_name_contested -> Bool,
        signed_in_at -> Nullable<BigInt>,
        decides_from -> Nullable<BigInt>,
        is_language_chosen -> Bool,
    }
}

diesel::table! {
    account_changes (user_id) {
        user_id -> BigInt,
        email -> Text,
        what -> Text,
        secret_hash -> Nullable<Binary>,
        created_at -> BigInt,
        until_at -> BigInt,
    }
}

diesel::table! {
    user_groups (id) {
        id -> BigInt,
        name -> Text,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        name_key -> Nullable<Text>,
        is_name_contested -> Bool,
    }
}

diesel::table! {
    group_members (user_id, group_id) {
        user_id -> BigInt,
        group_id -> BigInt,
    }
}

diesel::table! {
    resources (id) {
        id -> BigInt,
        uri -> Text,
        name -> Text,
        kind -> Text,
        owner_id -> BigInt,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    bundles (id) {
        id -> BigInt,
        name -> Text,
        owner_id -> Nullable<BigInt>,
        level -> Text,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        name_key -> Nullable<Text>,
        is_name_contested -> Bool,
    }
}

diesel::table! {
    bundle_resources (bundle_id, resource_id) {
        bundle_id -> BigInt,
        resource_id -> BigInt,
    }
}

diesel::table! {
    apps (id) {
        id -> BigInt,
        name -> Text,
        redeem_urls -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        name -> Text,
        user_id -> Nullable<BigInt>,
        secret_hash -> Binary,
        scopes -> Text,
        redeem_urls -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        app_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    access_tokens (id) {
        id -> BigInt,
        kind -> Text,
        user_id -> Nullable<BigInt>,
        key_id -> Nullable<BigInt>,
        secret_hash -> Binary,
        may_write -> Bool,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        secret_hash -> Binary,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        agent -> Text,
        peer -> Nullable<Text>,
        mailbox_at -> Nullable<BigInt>,
        last_visit_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    remembered_browsers (id) {
        id -> BigInt,
        user_id -> BigInt,
        secret_hash -> Binary,
        value_hash -> Binary,
        agent -> Text,
        peer -> Nullable<Text>,
        created_at -> BigInt,
        used_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    identities (id) {
        id -> BigInt,
        user_id -> BigInt,
        issuer -> Text,
        subject -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    sign_in_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        salt -> Binary,
        code_hash -> Nullable<Binary>,
        tries -> Integer,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        asked_by -> Nullable<Binary>,
        letter_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    sign_in_failures (subject) {
        subject -> BigInt,
        failures -> Integer,
        last_at -> BigInt,
        warned_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sign_in_networks (user_id, network) {
        user_id -> BigInt,
        network -> BigInt,
        signed_in_at -> BigInt,
    }
}

diesel::table! {
    requests (id) {
        id -> BigInt,
        kind -> Text,
        initiator_id -> Nullable<BigInt>,
        key_id -> Nullable<BigInt>,
        target_id -> BigInt,
        allowed_id -> BigInt,
        items_key -> Text,
        message -> Nullable<Text>,
        redeem_url -> Nullable<Text>,
        ttl_seconds -> BigInt,
        expires_at -> BigInt,
        until_at -> Nullable<BigInt>,
        until_seconds -> Nullable<BigInt>,
        state -> Text,
        mail_state -> Text,
        letters -> Integer,
        last_letter_at -> BigInt,
        created_at -> BigInt,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        is_narrowed -> Bool,
        remind_at -> Nullable<BigInt>,
        renews_id -> Nullable<BigInt>,
        resources -> Nullable<Text>,
        given -> Nullable<Text>,
        target_as -> Nullable<Text>,
        allowed_as -> Nullable<Text>,
        reason_code -> Nullable<Text>,
    }
}

diesel::table! {
    request_items (request_id, position) {
        request_id -> BigInt,
        position -> Integer,
        bundle_id -> Nullable<BigInt>,
        resource_id -> Nullable<BigInt>,
        level -> Text,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        purpose -> Text,
        request_id -> BigInt,
        user_id -> BigInt,
        address_hash -> Binary,
        secret_hash -> Binary,
        epoch -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    grants (id) {
        id -> BigInt,
        public_id -> Text,
        request_id -> Nullable<BigInt>,
        parent_id -> Nullable<BigInt>,
        grantor_id -> BigInt,
        grantee_kind -> Text,
        grantee_id -> Nullable<BigInt>,
        bundle_id -> Nullable<BigInt>,
        level -> Text,
        reshare -> Integer,
        starts_at -> BigInt,
        ends_at -> Nullable<BigInt>,
        is_enabled -> Bool,
        revoked_at -> Nullable<BigInt>,
        revoked_by -> Nullable<BigInt>,
        comment -> Text,
        version -> Integer,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        owner_id -> Nullable<BigInt>,
        tenant -> Nullable<Text>,
        attributes -> Nullable<Text>,
        updated_by -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        term_at -> Nullable<BigInt>,
        comment_key -> Nullable<Text>,
        grantee_as -> Nullable<Text>,
    }
}

diesel::table! {
    grant_resources (grant_id, resource_id) {
        grant_id -> BigInt,
        resource_id -> BigInt,
        grantee_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        kind -> Text,
        user_id -> BigInt,
        request_id -> Nullable<BigInt>,
        generation -> Integer,
        state -> Text,
        attempts -> Integer,
        ambiguous -> Integer,
        next_at -> BigInt,
        lease -> Nullable<BigInt>,
        token_id -> Nullable<BigInt>,
        message_id -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        grant_id -> Nullable<BigInt>,
        reply_code -> Nullable<Integer>,
        enhanced_code -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_keys (caller, name) {
        caller -> Text,
        name -> Text,
        body_hash -> Binary,
        status -> Integer,
        location -> Nullable<Text>,
        body -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    cooldowns (target_id, allowed_id, items_key) {
        target_id -> BigInt,
        allowed_id -> BigInt,
        items_key -> Text,
        declines -> Integer,
        until_at -> BigInt,
    }
}

diesel::table! {
    blocks (decider_id, kind, blocked_id) {
        decider_id -> BigInt,
        kind -> Text,
        blocked_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    budgets (kind, subject) {
        kind -> Text,
        subject -> BigInt,
        full_at -> BigInt,
    }
}

diesel::table! {
    audit (chain, seq) {
        chain -> Integer,
        seq -> BigInt,
        at -> BigInt,
        event -> Text,
        actor_id -> Nullable<BigInt>,
        key_id -> Nullable<BigInt>,
        peer -> Nullable<Text>,
        request_id -> Nullable<BigInt>,
        grant_id -> Nullable<BigInt>,
        subject_id -> Nullable<BigInt>,
        detail -> Nullable<Text>,
        hash -> Binary,
    }
}

diesel::table! {
    audit_heads (chain) {
        chain -> Integer,
        seq -> BigInt,
        hash -> Binary,
    }
}

diesel::joinable!(api_keys -> apps (app_id));
diesel::allow_tables_to_appear_in_same_query!(
    access_tokens,
    api_keys,
    apps,
    audit,
    audit_heads,
    blocks,
    budgets,
    bundle_resources,
    bundles,
    cooldowns,
    grant_resources,
    grants,
    group_members,
    idempotency_keys,
    identities,
    meta,
    outbox,
    principals,
    request_items,
    requests,
    resources,
    sessions,
    sign_in_codes,
    sign_in_failures,
    sign_in_networks,
    tokens,
    user_groups,
    users,
);
