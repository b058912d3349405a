//! Who decides: the person's own approver, else the workspace's, else its admins. Whoever is
//! on leave is passed over for the next in line.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::platform::ids::SlackUserId;
use crate::tenant::{Person, Settings};

/// What the choice is made from.
#[derive(Debug)]
pub struct Candidates<'a> {
    /// Whose leave it is.
    pub requester: &'a Person,
    /// Everybody who is active.
    pub people: &'a [Person],
    /// The workspace's settings.
    pub settings: &'a Settings,
    /// Who is in the approvers' channel, if there is one.
    pub channel_members: &'a [SlackUserId],
    /// Who is on approved leave today, and until when.
    pub away_until: &'a HashMap<SlackUserId, Date>,
}

/// A place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// The person's own approver.
    Own,
    /// The workspace's approvers: a list, a channel's members, or both.
    Workspace,
    /// The workspace's admins.
    Admins,
}

/// Who is asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Where in the line they stand.
    pub tier: Tier,
    /// Them, in a fixed order; empty: there is nobody.
    pub ask: Vec<SlackUserId>,
    /// Who would have been asked but is on leave.
    pub passed_over: Vec<PassedOver>,
}

/// Somebody who is on leave and therefore not asked.
#[derive(Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Where in the line they stand.
    pub tier: Tier,
    /// Who.
    pub user: SlackUserId,
    /// The last day of their leave.
    pub until: Date,
}

/// Chooses whom to ask. Pure.
pub fn choose(from: &Candidates<'_>) -> Chosen {
    let known = |user: &SlackUserId| from.people.iter().any(|person| person.user == *user);
    let mut passed_over = Vec::new();
    let mut fallback: Option<(Tier, Vec<SlackUserId>)> = None;
    for (tier, people) in tiers(from) {
        let mut people: Vec<SlackUserId> = people.into_iter().filter(known).collect();
        people.sort();
        people.dedup();
        if from.settings.self_approval && people.as_slice() == [from.requester.user.clone()] {
            return Chosen {
                tier,
                ask: people,
                passed_over,
            };
        }
        people.retain(|user| *user != from.requester.user);
        let (away, here): (Vec<_>, Vec<_>) = people
            .iter()
            .cloned()
            .partition(|user| from.away_until.contains_key(user));
        for user in away {
            if !passed_over
                .iter()
                .any(|over: &PassedOver| over.user == user)
            {
                let until = from.away_until[&user];
                passed_over.push(PassedOver { tier, user, until });
            }
        }
        if !here.is_empty() {
            return Chosen {
                tier,
                ask: here,
                passed_over,
            };
        }
        if fallback.is_none() && !people.is_empty() {
            fallback = Some((tier, people));
        }
    }
    // All are on leave: better to ask the first in line than nobody.
    let (tier, ask) = fallback.unwrap_or((Tier::Admins, Vec::new()));
    Chosen {
        tier,
        ask,
        passed_over: Vec::new(),
    }
}

fn tiers(from: &Candidates<'_>) -> [(Tier, Vec<SlackUserId>); 3] {
    let own = from.requester.approver.iter().cloned().collect();
    let workspace = from
        .settings
        .approvers
        .iter()
        .chain(from.channel_members)
        .cloned()
        .collect();
    [
        (Tier::Own, own),
        (Tier::Workspace, workspace),
        (Tier::Admins, admins(from.people)),
    ]
}

/// The workspace's admins.
pub fn admins(people: &[Person]) -> Vec<SlackUserId> {
    people
        .iter()
        .filter(|person| person.is_admin)
        .map(|person| person.user.clone())
        .collect()
}

/// People whose requests only admins would be asked about: their own approver is missing or left,
/// and so is every approver of the workspace; and those about whose requests nobody would be asked.
/// Who is in an approvers' channel is not known here, so where there is one it has somebody. Pure.
pub fn without_approver<'a>(people: &'a [Person], settings: &Settings) -> Vec<&'a Person> {
    if settings.approver_channel.is_some() {
        return Vec::new();
    }
    let known: HashSet<&SlackUserId> = people.iter().map(|person| &person.user).collect();
    let of_workspace: Vec<&SlackUserId> = settings
        .approvers
        .iter()
        .filter(|user| known.contains(user))
        .collect();
    let admins = admins(people);
    let has_one = |person: &Person| {
        let other = |user: &SlackUserId| *user != person.user;
        let own = person.approver.as_ref();
        own.is_some_and(|user| other(user) && known.contains(user))
            || of_workspace.iter().any(|user| other(user))
            // The only approver's own requests go to the admins, as they should.
            || (!of_workspace.is_empty() && (settings.self_approval || admins.iter().any(other)))
    };
    people.iter().filter(|person| !has_one(person)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    fn id(name: &str) -> SlackUserId {
        SlackUserId::parse(format!("U_{name}")).unwrap()
    }

    fn person(name: &str, approver: Option<&str>, is_admin: bool) -> Person {
        Person {
            user: id(name),
            name: name.to_owned(),
            zone: TimeZone::UTC,
            location: None,
            team: None,
            approver: approver.map(id),
            harvest_user: None,
            is_admin,
            is_owner: false,
            active: true,
        }
    }

    fn chosen(requester: &Person, settings: &Settings, channel: &[&str], away: &[&str]) -> String {
        let people = [
            requester.clone(),
            person("BEN", None, false),
            person("CARLA", None, true),
            person("DEV", None, true),
            person("EVE", None, false),
        ];
        let channel: Vec<SlackUserId> = channel.iter().map(|name| id(name)).collect();
        let away: HashMap<SlackUserId, Date> = away
            .iter()
            .map(|name| (id(name), date(2026, 3, 6)))
            .collect();
        let chosen = choose(&Candidates {
            requester,
            people: &people,
            settings,
            channel_members: &channel,
            away_until: &away,
        });
        let names = |users: Vec<&SlackUserId>| {
            users
                .iter()
                .map(|user| user.as_str()[2..].to_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let over = names(chosen.passed_over.iter().map(|over| &over.user).collect());
        format!(
            "{}{}",
            names(chosen.ask.iter().collect()),
            if over.is_empty() {
                String::new()
            } else {
                format!(" (not {over})")
            }
        )
    }

    #[test]
    fn own_approver_then_the_workspaces_then_admins() {
        let nobody = Settings::default();
        let list = Settings {
            approvers: vec![id("EVE")],
            ..Settings::default()
        };
        let asha = person("ASHA", None, false);
        let own = person("ASHA", Some("BEN"), false);
        assert_eq!(chosen(&own, &list, &[], &[]), "BEN");
        assert_eq!(chosen(&asha, &list, &[], &[]), "EVE");
        assert_eq!(
            chosen(&asha, &list, &["BEN", "EVE", "STRANGER"], &[]),
            "BEN EVE",
            "list and channel together"
        );
        assert_eq!(chosen(&asha, &nobody, &["BEN"], &[]), "BEN");
        assert_eq!(chosen(&asha, &nobody, &[], &[]), "CARLA DEV");
        assert_eq!(
            chosen(&person("ASHA", Some("GONE"), false), &list, &[], &[]),
            "EVE",
            "an approver who left"
        );
    }

    #[test]
    fn nobody_decides_on_their_own_leave_unless_alone_and_allowed() {
        let alone = Settings {
            approvers: vec![id("ASHA")],
            ..Settings::default()
        };
        let allowed = Settings {
            self_approval: true,
            ..alone.clone()
        };
        let asha = person("ASHA", None, false);
        assert_eq!(chosen(&asha, &alone, &[], &[]), "CARLA DEV");
        assert_eq!(chosen(&asha, &allowed, &[], &[]), "ASHA");
        assert_eq!(chosen(&asha, &allowed, &["BEN"], &[]), "BEN", "not alone");
        assert_eq!(
            chosen(&person("ASHA", Some("ASHA"), false), &alone, &["EVE"], &[]),
            "EVE"
        );
        assert_eq!(
            chosen(
                &person("ASHA", None, true),
                &Settings {
                    self_approval: true,
                    ..Settings::default()
                },
                &[],
                &[]
            ),
            "CARLA DEV"
        );
    }

    #[test]
    fn whoever_is_on_leave_is_passed_over_for_the_next_in_line() {
        let list = Settings {
            approvers: vec![id("EVE")],
            ..Settings::default()
        };
        let own = person("ASHA", Some("BEN"), false);
        assert_eq!(chosen(&own, &list, &[], &["BEN"]), "EVE (not BEN)");
        assert_eq!(
            chosen(&own, &list, &[], &["BEN", "EVE"]),
            "CARLA DEV (not BEN EVE)"
        );
        assert_eq!(
            chosen(&own, &list, &[], &["BEN", "EVE", "CARLA"]),
            "DEV (not BEN EVE CARLA)"
        );
        assert_eq!(
            chosen(&own, &list, &[], &["BEN", "EVE", "CARLA", "DEV"]),
            "BEN",
            "all are away: the first in line after all"
        );
    }

    #[test]
    fn who_is_without_an_approver_is_left_to_the_admins_and_who_is_not_is_not() {
        let people = [
            person("ASHA", None, false),
            person("BEN", Some("EVE"), false),
            person("CARLA", Some("GONE"), true),
            person("EVE", Some("EVE"), false),
        ];
        let without = |settings: &Settings, people: &[Person]| {
            let found = without_approver(people, settings);
            for person in &found {
                let chosen = choose(&Candidates {
                    requester: person,
                    people,
                    settings,
                    channel_members: &[],
                    away_until: &HashMap::new(),
                });
                assert_eq!(chosen.tier, Tier::Admins, "{}", person.name);
            }
            let names: Vec<&str> = found.iter().map(|person| person.name.as_str()).collect();
            names.join(" ")
        };
        let list = |names: &[&str]| Settings {
            approvers: names.iter().map(|name| id(name)).collect(),
            ..Settings::default()
        };
        assert_eq!(without(&list(&[]), &people), "ASHA CARLA EVE");
        assert_eq!(without(&list(&["GONE"]), &people), "ASHA CARLA EVE");
        assert_eq!(without(&list(&["ASHA"]), &people), "");
        assert_eq!(without(&list(&["ASHA", "EVE"]), &people), "");
        let channel = Settings {
            approver_channel: crate::platform::ids::ChannelId::parse("C1").ok(),
            ..Settings::default()
        };
        assert_eq!(without(&channel, &people), "");
        // The only approver, and no admin beside.
        let alone = [person("ASHA", None, false), person("BEN", None, false)];
        assert_eq!(without(&list(&["ASHA"]), &alone), "ASHA");
        let allowed = Settings {
            self_approval: true,
            ..list(&["ASHA"])
        };
        assert_eq!(without(&allowed, &alone), "");
    }
}
