//! Access of a person to a resource or person: by which grants, and at which times.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use countersign::auth::{self, AuthError, Authenticator};
use countersign::domain::grant::reshare;
use countersign::domain::{
    Bundle, Caller, Grant, GranteeKind, GroupId, Level, PrincipalId, Resource, ResourceId, ResourceKind, Scope, User, UserId,
};
use countersign::secret::{FreshSecret, Secret, SecretKind};
use countersign::store::batch::Reading;
use countersign::store::grants::NewGrant;
use countersign::store::{self, StoreError, Tx};
use countersign::workflow::access::{self, Answers, Named, Question, Until};
use countersign::workflow::accounts::{self, NewKey};
use countersign::workflow::policy::{self, Basis, Object, Right, Subject};

use crate::support::fixture::{Fixture, on_both, runtime};

on_both![
    batched_evaluations_get_the_same_answers_as_alone,
    an_owner_has_every_level_and_may_share,
    people_have_every_level_on_themselves,
    a_grant_gives_its_level_and_those_below,
    a_grant_applies_only_to_its_grantee,
    a_grant_to_a_kind_of_people_applies_to_that_kind,
    a_link_gives_no_named_person_access,
    a_grant_gives_access_from_its_start_to_its_end,
    a_revoked_grant_gives_no_access,
    a_removed_person_has_and_gives_no_access,
    an_unknown_person_has_no_access_to_a_bundle_or_person,
    a_grant_of_a_bundle_covers_its_resources,
    a_grant_of_a_part_covers_only_that_part,
    a_relationship_covers_the_person_and_none_of_their_resources,
    the_right_to_share_is_checked_bit_by_bit,
    a_reshared_grant_gives_no_more_than_its_parent,
    the_strongest_grant_is_the_basis,
    each_way_of_a_grant_to_a_bundle_reaches_its_resources,
];

/// Ann's two resources in a bundle of hers, and other people.
struct Cast<'a> {
    fixture: &'a Fixture,
    ann: User,
    bob: User,
    eve: User,
    bundle: Bundle,
    night: Resource,
    day: Resource,
    auth: Authenticator,
    /// An app's, which asks about others.
    key: Secret,
}

/// A grant of single resources or of a bundle.
struct Give<'a> {
    kind: GranteeKind,
    to: Option<PrincipalId>,
    bundle: Option<&'a Bundle>,
    resources: Vec<ResourceId>,
    level: Level,
    reshare: i32,
    parent: Option<&'a Grant>,
    by: &'a User,
    starts_in: TimeDelta,
    ends_in: Option<TimeDelta>,
    is_enabled: bool,
}

impl<'a> Cast<'a> {
    fn new(fixture: &'a Fixture) -> Self {
        let [ann, bob, eve] = ["ann@x.org", "bob@x.org", "eve@x.org"].map(|email| fixture.user(email));
        let bundle = fixture.bundle_of("Sleep", &ann, &["urn:night", "urn:day"]);
        let [night, day] =
            ["urn:night", "urn:day"].map(|uri| fixture.read(|tx| store::bundles::find_resource(tx, uri)).unwrap().unwrap());
        let auth = Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap();
        let new = NewKey {
            name: "App".into(),
            app: None,
            user: None,
            scopes: [Scope::Check].into_iter().collect(),
            redeem_urls: Vec::new(),
        };
        let rng = fixture.rng.clone();
        let key = fixture.write(move |tx| accounts::add_key(tx, &Caller::operator(), &rng, &new)).unwrap();
        Self { fixture, ann, bob, eve, bundle, night, day, auth, key }
    }

    /// The level `view` on the night for somebody, without an end.
    fn to(&'a self, to: &User) -> Give<'a> {
        self.to_kind(GranteeKind::User, Some(to.id.into()))
    }

    fn to_kind(&'a self, kind: GranteeKind, to: Option<PrincipalId>) -> Give<'a> {
        Give {
            kind,
            to,
            bundle: None,
            resources: vec![self.night.id],
            level: Level::View,
            reshare: 0,
            parent: None,
            by: &self.ann,
            starts_in: TimeDelta::zero(),
            ends_in: None,
            is_enabled: true,
        }
    }

    /// The level `view` on the whole bundle for somebody.
    fn whole(&'a self, to: &User) -> Give<'a> {
        Give { bundle: Some(&self.bundle), resources: Vec::new(), ..self.to(to) }
    }

    fn give(&self, give: &Give<'_>) -> Grant {
        let (now, bundle, resources) = (self.fixture.now(), give.bundle.map(|bundle| bundle.id), give.resources.clone());
        let (kind, grantee, level, reshare) = (give.kind, give.to, give.level, give.reshare);
        let (parent, by, owner) =
            (give.parent.map(|grant| grant.id), give.by.id, give.parent.map_or(give.by.id, |grant| grant.owner));
        let (starts_at, ends_at, is_enabled) = (now + give.starts_in, give.ends_in.map(|time| now + time), give.is_enabled);
        self.fixture
            .write(move |tx| {
                let new = NewGrant {
                    request: None,
                    parent,
                    grantor: by,
                    owner,
                    grantee_kind: kind,
                    grantee,
                    grantee_as: None,
                    bundle,
                    resources: &resources,
                    level,
                    reshare,
                    starts_at: Some(starts_at),
                    ends_at,
                    is_enabled,
                    comment: "",
                    tenant: None,
                    attributes: None,
                    created_by: Some(by),
                };
                store::grants::add(tx, &new)
            })
            .unwrap()
    }

    fn group(&self, name: &'static str, members: &[&User]) -> GroupId {
        let members: Vec<_> = members.iter().map(|user| user.id).collect();
        self.fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), name, &members)).unwrap().id
    }

    fn night(&self) -> Object {
        Object::Resource(self.night.id)
    }

    fn day(&self) -> Object {
        Object::Resource(self.day.id)
    }

    fn whole_bundle(&self) -> Object {
        Object::Bundle(self.bundle.id)
    }

    /// The highest level, or none; every query agrees.
    fn level(&self, subject: Subject, object: Object) -> &'static str {
        let word = self.fixture.read(|tx| {
            let level = policy::level(tx, subject, object)?;
            for asked in Level::ALL {
                let may = policy::may(tx, subject, object, Right::Access(*asked))?;
                let basis = policy::basis(tx, subject, object, Right::Access(*asked))?;
                assert_eq!((may, basis.is_some()), (level >= Some(*asked), may));
            }
            Ok::<_, StoreError>(level.map_or("nothing", Level::as_str))
        });
        let word = word.unwrap();
        if let (Subject::User(user), Object::Resource(resource)) = (subject, object)
            && let Some(user) = self.fixture.read(|tx| store::users::find(tx, user)).unwrap()
        {
            let uri = format!("SELECT uri AS value FROM resources WHERE id = {resource} AND deleted_at IS NULL");
            for (uri, asked) in self.fixture.texts(&uri).iter().flat_map(|uri| Level::ALL.iter().map(move |level| (uri, *level)))
            {
                let is_held = word != "nothing" && Level::parse(word) >= Some(asked);
                assert_eq!(self.together(user.email.as_str(), uri, asked), is_held, "{} may {asked} {uri}", user.email);
            }
        }
        word
    }

    /// Whether somebody by that name may, asked as apps ask: together with others who ask at the same moment.
    fn together(&self, name: &str, uri: &str, level: Level) -> bool {
        let (answer, times) = self.ask_by(self.key.reveal().as_str(), name, uri, level);
        assert_eq!(times, [1, 1], "loaded and answered once");
        answer.unwrap()
    }

    /// The same by an app that shows this key, and how often the question was loaded and answered.
    fn ask_by(&self, key: &str, name: &str, uri: &str, level: Level) -> (Result<bool, AuthError>, [usize; 2]) {
        let named = |kind: &str, id: &str| Named { kind: kind.to_owned(), id: id.to_owned() };
        let question = Question { subject: named("user", name), level: Some(level), resource: named("resource", uri) };
        let times: Arc<[AtomicUsize; 2]> = Arc::default();
        let asks = Asks { questions: [Some(question)], times: Arc::clone(&times) };
        let answer = runtime().block_on(self.auth.ask(Some(&format!("Bearer {key}")), None, asks));
        (answer, [0, 1].map(|place| times[place].load(Ordering::Relaxed)))
    }

    fn user(&self, user: &User, object: Object) -> &'static str {
        self.level(Subject::User(user.id), object)
    }

    fn may_share(&self, user: &User, object: Object, level: Level, bits: i32) -> bool {
        self.fixture.read(|tx| policy::may(tx, Subject::User(user.id), object, Right::Share { level, bits })).unwrap()
    }

    fn basis(&self, user: &User, object: Object, right: Right) -> Option<Basis> {
        self.fixture.read(|tx| policy::basis(tx, Subject::User(user.id), object, right)).unwrap()
    }
}

fn batched_evaluations_get_the_same_answers_as_alone(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.group("Readers", &[&cast.eve]);
    let readers = cast.group("Editors", &[&cast.bob]);
    cast.give(&Give { level: Level::Edit, ..cast.to_kind(GranteeKind::Group, Some(readers.into())) });
    let zoe = fixture.add_user("zoe@x.org", |new| new.username = Some("zoe".into()));
    let parent = cast.give(&Give { reshare: reshare::INTERNAL, ..cast.whole(&zoe) });
    let joe = fixture.user("joe@x.org");
    cast.give(&Give { parent: Some(&parent), by: &zoe, ..cast.whole(&joe) });
    let asked = [
        ("ann@x.org", "urn:night", Level::Contribute, true),
        ("bob@x.org", "urn:night", Level::Edit, true),
        ("bob@x.org", "urn:night", Level::Contribute, false),
        ("bob@x.org", "urn:day", Level::View, false),
        ("eve@x.org", "urn:night", Level::View, false),
        ("zoe", "urn:day", Level::View, true),
        ("Zoe", "urn:day", Level::View, true),
        ("zoë", "urn:day", Level::View, false),
        ("zoe@x.org", "urn:none", Level::View, false),
        ("nobody@x.org", "urn:night", Level::View, false),
        // By a grant that was shared on.
        ("joe@x.org", "urn:day", Level::View, true),
    ];
    for (name, uri, level, expected) in asked {
        assert_eq!(cast.together(name, uri, level), expected, "{name} {level} {uri}");
    }
    // For a caller whose key is wrong nothing is loaded.
    let made_up = FreshSecret::draw(&fixture.rng).unwrap().with_id(SecretKind::Key, 4_711);
    let (answer, times) = cast.ask_by(made_up.reveal().as_str(), "bob@x.org", "urn:night", Level::View);
    assert!(matches!(answer, Err(AuthError::Wrong)), "{answer:?}");
    assert_eq!(times, [0, 0]);
    std::thread::scope(|scope| {
        let ask = |(name, uri, level, expected): (&'static str, &'static str, Level, bool)| {
            let cast = &cast;
            scope.spawn(move || assert_eq!(cast.together(name, uri, level), expected, "{name} {level} {uri}"))
        };
        let threads: Vec<_> = (0..4).flat_map(|_| asked).map(ask).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// A question of an app's, which counts how often it is loaded and answered.
struct Asks {
    questions: [Option<Question>; 1],
    times: Arc<[AtomicUsize; 2]>,
}

impl auth::CallerQuestion for Asks {
    type Output = bool;
    type Error = AuthError;
    type Loaded = Answers;

    fn load(tx: &mut Tx<'_>, asked: &[&Self]) -> Result<Vec<Answers>, StoreError> {
        for one in asked {
            one.times[0].fetch_add(1, Ordering::Relaxed);
        }
        access::load_answers(tx, &asked.iter().map(|one| one.questions.as_slice()).collect::<Vec<_>>())
    }

    fn answer(&self, tx: &mut Tx<'_>, caller: &Caller, _: &Reading, answers: &Answers) -> Result<bool, AuthError> {
        self.times[1].fetch_add(1, Ordering::Relaxed);
        Ok(access::evaluate_all(tx, caller, &self.questions, Until::TheEnd, answers).unwrap() == [true])
    }
}

fn an_owner_has_every_level_and_may_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    for object in [cast.night(), cast.day(), cast.whole_bundle()] {
        assert_eq!([cast.user(&cast.ann, object), cast.user(&cast.bob, object)], ["contribute", "nothing"]);
        assert!(cast.may_share(&cast.ann, object, Level::Contribute, reshare::INTERNAL | reshare::GRANT_RESHARE));
        assert!(!cast.may_share(&cast.bob, object, Level::View, 0));
        assert!(matches!(cast.basis(&cast.ann, object, Right::Access(Level::Edit)), Some(Basis::Owner)));
        assert_eq!(cast.level(Subject::Anonymous, object), "nothing");
    }
    // The new owner of a transferred bundle has access to its resources.
    fixture.hand_over(cast.bundle.id, &cast.eve).unwrap();
    assert_eq!([cast.user(&cast.eve, cast.whole_bundle()), cast.user(&cast.ann, cast.whole_bundle())], ["contribute", "nothing"]);
    assert_eq!([cast.user(&cast.eve, cast.night()), cast.user(&cast.ann, cast.night())], ["contribute", "contribute"]);
}

fn people_have_every_level_on_themselves(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    assert_eq!(cast.user(&cast.ann, Object::User(cast.ann.id)), "contribute");
    assert_eq!(cast.user(&cast.bob, Object::User(cast.ann.id)), "nothing");
    // An id of one kind names nothing of another.
    let all = [cast.night.id.0, cast.day.id.0, cast.bundle.id.0, cast.ann.id.0, cast.bob.id.0];
    for id in all.into_iter().filter(|id| *id != cast.bob.id.0) {
        assert_eq!(cast.user(&cast.bob, Object::User(UserId(id))), "nothing");
    }
}

fn a_grant_gives_its_level_and_those_below(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    for (person, level) in [("v@x.org", Level::View), ("e@x.org", Level::Edit), ("c@x.org", Level::Contribute)] {
        let person = fixture.user(person);
        cast.give(&Give { level, ..cast.to(&person) });
        assert_eq!(cast.user(&person, cast.night()), level.as_str());
        assert_eq!([cast.user(&person, cast.day()), cast.user(&person, cast.whole_bundle())], ["nothing"; 2]);
        assert!(!cast.may_share(&person, cast.night(), Level::View, reshare::INTERNAL));
    }
}

fn a_grant_applies_only_to_its_grantee(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let carl = fixture.add_user("carl@y.org", |new| new.is_external = true);
    let (readers, others) = (cast.group("Readers", &[&cast.bob, &carl]), cast.group("Others", &[&cast.eve]));
    cast.give(&cast.to_kind(GranteeKind::Group, Some(readers.into())));
    assert_eq!([&cast.bob, &carl, &cast.eve].map(|user| cast.user(user, cast.night())), ["view", "view", "nothing"]);
    assert_eq!([readers, others].map(|group| cast.level(Subject::Group(group), cast.night())), ["view", "nothing"]);
    assert_eq!(cast.level(Subject::Anonymous, cast.night()), "nothing");
    cast.give(&Give { level: Level::Edit, ..cast.to_kind(GranteeKind::ExternalUser, Some(carl.id.into())) });
    assert_eq!([&cast.bob, &carl].map(|user| cast.user(user, cast.night())), ["view", "edit"]);
    // The id of a group instead of a person, and the reverse.
    assert_eq!(cast.level(Subject::User(UserId(readers.0)), cast.night()), "nothing");
    assert_eq!(cast.level(Subject::Group(GroupId(carl.id.0)), cast.night()), "nothing");
}

fn a_grant_to_a_kind_of_people_applies_to_that_kind(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let group = cast.group("Readers", &[&cast.bob]);
    let all = [Subject::User(cast.bob.id), Subject::Group(group), Subject::Anonymous];
    for (kind, reached) in [
        (GranteeKind::Authenticated, ["view", "nothing", "nothing"]),
        (GranteeKind::Guest, ["nothing", "nothing", "view"]),
        (GranteeKind::Everyone, ["view", "view", "view"]),
    ] {
        let alone = cast.give(&cast.to_kind(kind, None));
        assert_eq!(all.map(|subject| cast.level(subject, cast.night())), reached, "{kind}");
        assert_eq!(all.map(|subject| cast.level(subject, cast.day())), ["nothing"; 3], "{kind}");
        fixture.revoke(&Caller::operator(), alone.id).unwrap();
        let bundle = cast.give(&Give { bundle: Some(&cast.bundle), resources: Vec::new(), ..cast.to_kind(kind, None) });
        for object in [cast.night(), cast.day(), cast.whole_bundle()] {
            assert_eq!(all.map(|subject| cast.level(subject, object)), reached, "{kind}");
        }
        fixture.revoke(&Caller::operator(), bundle.id).unwrap();
        assert_eq!(all.map(|subject| cast.level(subject, cast.night())), ["nothing"; 3], "{kind}");
    }
    // An unknown person is not part of everyone either.
    cast.give(&cast.to_kind(GranteeKind::Everyone, None));
    assert_eq!(cast.level(Subject::User(UserId(987_654)), cast.night()), "nothing");
}

fn a_link_gives_no_named_person_access(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(&cast.to_kind(GranteeKind::PublicLink, None));
    cast.give(&Give { bundle: Some(&cast.bundle), resources: Vec::new(), ..cast.to_kind(GranteeKind::PublicLink, None) });
    for subject in [Subject::User(cast.bob.id), Subject::Anonymous] {
        assert_eq!([cast.night(), cast.whole_bundle()].map(|object| cast.level(subject, object)), ["nothing"; 2]);
    }
}

fn a_grant_gives_access_from_its_start_to_its_end(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(&Give { starts_in: TimeDelta::hours(1), ends_in: Some(TimeDelta::hours(2)), ..cast.to(&cast.bob) });
    cast.give(&Give { starts_in: TimeDelta::hours(1), ends_in: Some(TimeDelta::hours(2)), ..cast.whole(&cast.eve) });
    let both = || [cast.user(&cast.bob, cast.night()), cast.user(&cast.eve, cast.day())];
    assert_eq!(both(), ["nothing"; 2]);
    fixture.pass(TimeDelta::hours(1) - TimeDelta::microseconds(1));
    assert_eq!(both(), ["nothing"; 2]);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!(both(), ["view"; 2]);
    fixture.pass(TimeDelta::hours(1) - TimeDelta::microseconds(1));
    assert_eq!(both(), ["view"; 2]);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!(both(), ["nothing"; 2]);
}

fn a_revoked_grant_gives_no_access(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(&Give { is_enabled: false, ..cast.to(&cast.bob) });
    assert_eq!(cast.user(&cast.bob, cast.night()), "nothing");
    let grant = cast.give(&cast.to(&cast.bob));
    assert_eq!(cast.user(&cast.bob, cast.night()), "view");
    fixture.revoke(&Caller::operator(), grant.id).unwrap();
    assert_eq!(cast.user(&cast.bob, cast.night()), "nothing");
    cast.give(&cast.whole(&cast.bob));
    assert_eq!(cast.user(&cast.bob, cast.night()), "view");
    let bundle = cast.bundle.id;
    fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), bundle)).unwrap();
    assert_eq!([cast.user(&cast.bob, cast.night()), cast.user(&cast.ann, cast.whole_bundle())], ["nothing"; 2]);
    assert_eq!(cast.user(&cast.ann, cast.night()), "contribute");
}

fn a_removed_person_has_and_gives_no_access(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(&cast.to_kind(GranteeKind::Everyone, None));
    assert_eq!(cast.user(&cast.bob, cast.night()), "view");
    fixture.remove_user(&cast.bob, None).unwrap();
    assert_eq!(cast.user(&cast.bob, cast.night()), "nothing");
    assert_eq!(cast.user(&cast.bob, Object::User(cast.bob.id)), "nothing");
    let coach = fixture.relationship("coach");
    cast.give(&Give { bundle: Some(&coach), resources: Vec::new(), ..cast.to(&cast.eve) });
    assert_eq!(cast.user(&cast.eve, Object::User(cast.ann.id)), "view");
    fixture.remove_user(&cast.ann, None).unwrap();
    assert_eq!([cast.night(), cast.whole_bundle(), Object::User(cast.ann.id)].map(|on| cast.user(&cast.eve, on)), ["nothing"; 3]);
    assert_eq!(cast.user(&cast.ann, cast.night()), "nothing");
}

fn an_unknown_person_has_no_access_to_a_bundle_or_person(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let coach = fixture.relationship("coach");
    let editors = cast.group("Editors", &[&cast.bob]);
    let related = |kind, to| Give { bundle: Some(&coach), resources: Vec::new(), ..cast.to_kind(kind, to) };
    let all = [cast.whole_bundle(), Object::User(cast.ann.id), cast.night()];
    let levels = |id| all.map(|object| cast.level(Subject::User(id), object));
    for (kind, to) in
        [(GranteeKind::Group, Some(editors.into())), (GranteeKind::Authenticated, None), (GranteeKind::Everyone, None)]
    {
        let bundle = cast.give(&Give { bundle: Some(&cast.bundle), resources: Vec::new(), ..cast.to_kind(kind, to) });
        let person = cast.give(&related(kind, to));
        assert_eq!(levels(cast.bob.id), ["view"; 3], "{kind}");
        // An id of nobody, and that of a group.
        assert_eq!([levels(UserId(987_654)), levels(UserId(editors.0))], [["nothing"; 3]; 2], "{kind}");
        for grant in [bundle, person] {
            fixture.revoke(&Caller::operator(), grant.id).unwrap();
        }
    }
    let joe = fixture.user("joe@x.org");
    let staff = cast.group("Staff", &[&joe]);
    for to in [
        &Give { bundle: Some(&cast.bundle), resources: Vec::new(), ..cast.to_kind(GranteeKind::Group, Some(staff.into())) },
        &related(GranteeKind::Group, Some(staff.into())),
    ] {
        cast.give(to);
    }
    assert_eq!(levels(joe.id), ["view"; 3]);
    fixture.remove_user(&joe, None).unwrap();
    assert_eq!(levels(joe.id), ["nothing"; 3], "removed");
}

fn a_grant_of_a_bundle_covers_its_resources(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(&Give { level: Level::Edit, ..cast.whole(&cast.bob) });
    assert_eq!([cast.night(), cast.day(), cast.whole_bundle()].map(|on| cast.user(&cast.bob, on)), ["edit"; 3]);
    let (ann, bundle) = (cast.ann.id, cast.bundle.id);
    let noon =
        fixture.write(move |tx| accounts::add_resource(tx, &Caller::operator(), "urn:noon", "Noon", ResourceKind::File, ann));
    let noon = noon.unwrap().id;
    assert_eq!(cast.user(&cast.bob, Object::Resource(noon)), "nothing");
    fixture.write(move |tx| store::bundles::put_in(tx, bundle, noon)).unwrap();
    assert_eq!(cast.user(&cast.bob, Object::Resource(noon)), "edit");
}

fn a_grant_of_a_part_covers_only_that_part(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(&Give { bundle: Some(&cast.bundle), ..cast.to(&cast.bob) });
    cast.give(&Give { bundle: Some(&cast.bundle), ..cast.to_kind(GranteeKind::Everyone, None) });
    for user in [&cast.bob, &cast.eve] {
        assert_eq!([cast.night(), cast.day(), cast.whole_bundle()].map(|on| cast.user(user, on)), ["view", "nothing", "nothing"]);
    }
    // The part is removed with its bundle.
    let bundle = cast.bundle.id;
    fixture.write(move |tx| store::bundles::delete(tx, bundle)).unwrap();
    assert_eq!(cast.user(&cast.bob, cast.night()), "nothing");
}

fn a_relationship_covers_the_person_and_none_of_their_resources(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let coach = fixture.relationship("coach");
    let relation = || Give { bundle: Some(&coach), resources: Vec::new(), level: Level::Edit, ..cast.to(&cast.bob) };
    let grant = cast.give(&relation());
    assert_eq!(cast.user(&cast.bob, Object::User(cast.ann.id)), "edit");
    assert_eq!(cast.user(&cast.ann, Object::User(cast.bob.id)), "nothing");
    assert_eq!([Object::Bundle(coach.id), cast.night(), cast.whole_bundle()].map(|on| cast.user(&cast.bob, on)), ["nothing"; 3]);
    assert_eq!(cast.user(&cast.ann, Object::Bundle(coach.id)), "nothing");
    fixture.revoke(&Caller::operator(), grant.id).unwrap();
    assert_eq!(cast.user(&cast.bob, Object::User(cast.ann.id)), "nothing");
    cast.give(&Give { kind: GranteeKind::Everyone, to: None, ..relation() });
    assert_eq!([&cast.bob, &cast.eve].map(|user| cast.user(user, Object::User(cast.ann.id))), ["edit"; 2]);
    // A grant of Ann's own bundle gives no access to her as a person.
    let zoe = fixture.user("zoe@x.org");
    let of_zoe = fixture.bundle("Steps", &zoe);
    cast.give(&Give { by: &zoe, bundle: Some(&of_zoe), resources: Vec::new(), ..cast.to(&cast.bob) });
    assert_eq!(cast.user(&cast.bob, Object::User(zoe.id)), "nothing");
}

fn the_right_to_share_is_checked_bit_by_bit(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let bits = reshare::INTERNAL | reshare::EXTERNAL;
    cast.give(&Give { level: Level::Edit, reshare: bits, ..cast.to(&cast.bob) });
    let may = |level, bits| cast.may_share(&cast.bob, cast.night(), level, bits);
    assert!(may(Level::Edit, reshare::INTERNAL) && may(Level::View, reshare::EXTERNAL) && may(Level::Edit, bits));
    assert!(!may(Level::Contribute, reshare::INTERNAL), "no more than is held");
    assert!(!may(Level::View, bits | reshare::PUBLIC), "each bit");
    // Two grants of one part each do not make the whole.
    cast.give(&Give { reshare: reshare::PUBLIC, ..cast.to(&cast.bob) });
    assert!(may(Level::View, reshare::PUBLIC) && !may(Level::Edit, reshare::PUBLIC) && !may(Level::View, reshare::PUBLIC | bits));
}

fn a_reshared_grant_gives_no_more_than_its_parent(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (zoe, bits) = (fixture.user("zoe@x.org"), reshare::INTERNAL | reshare::EXTERNAL);
    let over = Some(TimeDelta::hours(1));
    let top = cast.give(&Give { level: Level::Edit, reshare: reshare::INTERNAL, ends_in: over, ..cast.to(&cast.bob) });
    let more = Give { level: Level::Contribute, reshare: bits, parent: Some(&top), by: &cast.bob, ..cast.to(&cast.eve) };
    let middle = cast.give(&more);
    let last = cast.give(&Give { level: Level::Contribute, parent: Some(&middle), by: &cast.eve, ..cast.to(&zoe) });
    assert_eq!([&cast.bob, &cast.eve, &zoe].map(|user| cast.user(user, cast.night())), ["edit"; 3]);
    assert!(cast.may_share(&cast.eve, cast.night(), Level::Edit, reshare::INTERNAL));
    assert!(!cast.may_share(&cast.eve, cast.night(), Level::Edit, bits));
    let Some(Basis::Grant(basis)) = cast.basis(&zoe, cast.night(), Right::Access(Level::View)) else { panic!("a grant") };
    assert_eq!((basis.id, basis.level, basis.owner), (last.id, Level::Edit, cast.ann.id));
    fixture.pass(TimeDelta::hours(1));
    assert_eq!([&cast.bob, &cast.eve, &zoe].map(|user| cast.user(user, cast.night())), ["nothing"; 3]);
}

fn the_strongest_grant_is_the_basis(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let group = cast.group("Readers", &[&cast.bob]);
    cast.give(&cast.to_kind(GranteeKind::Everyone, None));
    let by_group = cast.give(&Give { level: Level::Edit, ..cast.to_kind(GranteeKind::Group, Some(group.into())) });
    let shares = cast.give(&Give { reshare: reshare::INTERNAL, ..cast.whole(&cast.bob) });
    cast.give(&Give { level: Level::Edit, ..cast.to(&cast.bob) });
    let rests_on = |right| match cast.basis(&cast.bob, cast.night(), right) {
        Some(Basis::Grant(grant)) => Some(grant.id),
        Some(Basis::Owner) => panic!("Bob owns nothing"),
        None => None,
    };
    // Of two equal ones, the older.
    assert_eq!(rests_on(Right::Access(Level::View)), Some(by_group.id));
    assert_eq!(rests_on(Right::Share { level: Level::View, bits: reshare::INTERNAL }), Some(shares.id));
    assert_eq!(rests_on(Right::Access(Level::Contribute)), None);
}

fn each_way_of_a_grant_to_a_bundle_reaches_its_resources(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let second = fixture.bundle_of("All of it", &cast.ann, &["urn:night"]);
    let group = cast.group("Readers", &[&cast.eve]);
    let whole = Give { bundle: Some(&second), resources: Vec::new(), ..cast.to(&cast.bob) };
    cast.give(&whole);
    cast.give(&Give { kind: GranteeKind::Group, to: Some(group.into()), level: Level::Edit, ..whole });
    assert_eq!([&cast.bob, &cast.eve].map(|user| cast.user(user, cast.night())), ["view", "edit"]);
    assert_eq!([&cast.bob, &cast.eve].map(|user| cast.user(user, cast.day())), ["nothing"; 2]);
    assert_eq!(cast.level(Subject::Group(group), Object::Bundle(second.id)), "edit");
}
