-- A world of {grants} grants: each of {things} resources is given to ten, each of {people} people holds a hundred; mostly of
-- one resource to one person, of each ten one to a group of twenty and one of a bundle of ten.

INSERT INTO principals (id, kind) SELECT {first} + i, 'user' FROM {series people};
INSERT INTO users (id, username, email, first_name, last_name, locale, time_zone, is_external, is_admin, created_at)
SELECT {first} + i, 'person' || i || '@mail.example', 'person' || i || '@mail.example', 'Ann', 'Lee', 'en', 'UTC', FALSE, FALSE,
    {now}
FROM {series people};

INSERT INTO principals (id, kind) SELECT {first_group} + i, 'group' FROM {series groups};
INSERT INTO user_groups (id, name, created_at) SELECT {first_group} + i, 'Group ' || i, {now} FROM {series groups};
INSERT INTO group_members (user_id, group_id) SELECT {first} + i, {first_group} + i / 20 FROM {series people};
INSERT INTO group_members (user_id, group_id)
SELECT {first} + i, {first_group} + (i + {people}) / 20 FROM {series people};

INSERT INTO resources (id, uri, name, kind, owner_id, created_at)
SELECT i + 1, 'record:' || i, '', 'file', {first}, {now} FROM {series things};
INSERT INTO bundles (id, name, owner_id, level, created_at)
SELECT i + 1, 'B' || i, {first}, 'view', {now} FROM {series bundles};
INSERT INTO bundle_resources (bundle_id, resource_id)
SELECT i / 10 + 1, i * 10 + 1 FROM {series things} WHERE i < {things} / 10;

-- Whom a grant is to comes in no order, so that a person's grants lie on many pages, as they would.
INSERT INTO grants (id, public_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare, starts_at, is_enabled,
    comment, version, created_by, created_at, updated_at)
SELECT i + 1, {uuid}, {first}, CASE WHEN i % 10 = 8 THEN 'group' ELSE 'user' END,
    CASE WHEN i % 10 = 8 THEN {first_group} + i / 10 % {groups} ELSE {first} + i * 2654435761 / 128 % {people} END,
    CASE WHEN i % 10 = 9 THEN i / 1000 + 1 END, 'view', 0, {now}, TRUE, '', 1, {first}, {now}, {now}
FROM {series grants};
INSERT INTO grant_resources (grant_id, resource_id, grantee_id)
SELECT id, (id - 1) / 10 + 1, grantee_id FROM grants WHERE bundle_id IS NULL;
