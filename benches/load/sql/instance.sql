-- An instance that has been in use: {people} people, {rows} requests of theirs, one after the other, and all that came of these. Of
-- each ten, six were approved, two or three declined, and the others ran out; only the last {recent} are of this week, and of
-- these the tenth is open. Between the last stand {open} that are open to a decider whose password we know, with a token whose
-- secret we know: nobody can answer what is older than its time.

INSERT INTO principals (id, kind) SELECT {first} + i, 'user' FROM {series people};

INSERT INTO users (id, username, email, first_name, last_name, locale, time_zone, is_external, is_admin, password_hash, created_at)
SELECT {first} + i, 'person' || i || '@mail' || (i % 1000) || '.example', 'person' || i || '@mail' || (i % 1000) || '.example',
    'Ann', 'Lee', 'en', 'UTC', FALSE, FALSE, 
    (SELECT password_hash FROM users WHERE id = {decider}), {begin}
FROM {series people};

-- Nobody's requests lie together, and no two that are open are the same. The eighth relationship is kept for what is filed
-- later.
INSERT INTO requests (id, kind, key_id, target_id, allowed_id, items_key, ttl_seconds, expires_at, state, mail_state, letters,
    last_letter_at, created_at, decided_at, decided_by, is_narrowed, remind_at)
SELECT id, 'ask', {key}, target, allowed, 'b' || ({bundle} + id % 7), 604800,
    CASE WHEN state = 'pending' THEN {now} + 604800000000 + id ELSE created + 604800000000 END, state, 'sent', 1,
    created, created,
    CASE WHEN state = 'expired' THEN created + 604800000000 WHEN state <> 'pending' THEN created + 3600000000 END,
    CASE WHEN state = 'approved' OR state = 'declined' THEN target END, FALSE,
    CASE WHEN state = 'pending' THEN {now} + 302400000000 + id END
FROM (
    SELECT i + 1 AS id, {begin} + i * {step} AS created,
        CASE WHEN is_ours THEN {decider} + 2 * (k % {deciders}) ELSE {first} + i * 7919 % {people} END AS target,
        CASE WHEN is_ours THEN {first} + k / {deciders} * 7919 % {people}
            ELSE {first} + (i / {people} * 104729 + i * 65537 + 1) % {people} END AS allowed,
        CASE WHEN is_ours THEN 'pending' WHEN i % 10 < 6 THEN 'approved' WHEN i % 10 < 8 THEN 'declined'
            WHEN n < 0 THEN 'expired' WHEN i % 10 = 8 THEN 'declined' ELSE 'pending' END AS state
    FROM (
        SELECT i, n, n * {open} / {recent} AS k, n >= 0 AND (n + 1) * {open} / {recent} > n * {open} / {recent} AS is_ours
        FROM (SELECT i, i - {rows} + {recent} AS n FROM {series rows}) AS counted
    ) AS numbered
) AS stories;

INSERT INTO request_items (request_id, position, bundle_id, level) SELECT id, 0, {bundle} + id % 7, 'view' FROM requests;

CREATE TEMP TABLE letterbox (user_id BIGINT NOT NULL PRIMARY KEY, hash {bytes} NOT NULL);
INSERT INTO letterbox (user_id, hash) VALUES {letterbox};
INSERT INTO tokens (id, purpose, request_id, user_id, address_hash, secret_hash, epoch, created_at)
SELECT id, 'redeem', id, target_id, COALESCE(hash, {random}), {secret}, 1, created_at
FROM requests LEFT JOIN letterbox ON user_id = target_id;

INSERT INTO outbox (id, kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, token_id, message_id,
    created_at, finished_at)
SELECT id, 'decide', target_id, id, 1, 'sent', 1, 0, created_at, id, '<' || id || '@localhost>', created_at, created_at + 1000000
FROM requests;
INSERT INTO outbox (id, kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, message_id, created_at,
    finished_at)
SELECT {rows} + id, state, allowed_id, id, 1, 'sent', 1, 0, decided_at, '<a' || id || '@localhost>', decided_at,
    decided_at + 1000000
FROM requests WHERE state = 'approved' OR state = 'declined';

INSERT INTO grants (id, public_id, request_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare, starts_at,
    is_enabled, comment, version, created_by, created_at, updated_at)
SELECT id, {uuid}, id, target_id, 'user', allowed_id, {bundle} + id % 7, 'view', 0, decided_at, TRUE, '', 1, target_id,
    decided_at, decided_at
FROM requests WHERE state = 'approved';

INSERT INTO audit (chain, seq, at, event, key_id, peer, request_id, hash)
SELECT chain, seq + 1 + id / {chains}, created_at, 'request.filed', {key}, '127.0.0.1', id, {random}
FROM requests JOIN audit_heads ON chain = id % {chains};
INSERT INTO audit (chain, seq, at, event, actor_id, peer, request_id, grant_id, hash)
SELECT chain, seq + 2 + {rows} + id / {chains}, decided_at, 'request.' || state, decided_by, '127.0.0.1', id,
    CASE WHEN state = 'approved' THEN id END, {random}
FROM requests JOIN audit_heads ON chain = id % {chains} WHERE decided_at IS NOT NULL;
UPDATE audit_heads SET seq = COALESCE((SELECT max(seq) FROM audit WHERE audit.chain = audit_heads.chain), 0);
