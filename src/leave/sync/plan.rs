//! What a leave should have at other services, and what is to be done about what it has. Pure.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::clients::google_calendar::EventId;
use crate::leave::days::PersonCalendar;
use crate::leave::entries::{Entry, EntryState, Service, Slot};
use crate::leave::model::{LeaveRecord, PendingAction, Portion, RecordState};
use crate::platform::ids::WorkspaceId;

/// What the days of a leave should have at some services, where it has these entries already.
pub(super) fn wanted(
    records: &[LeaveRecord],
    calendar: &PersonCalendar,
    services: &[Service],
    have: &[Entry],
) -> Vec<Slot> {
    let mut slots = Vec::new();
    if services.contains(&Service::Calendar) {
        let stay: Vec<Slot> = have
            .iter()
            .filter(|entry| stays(entry, records))
            .map(|entry| entry.slot)
            .collect();
        slots.extend(events(records, &stay, |date| !calendar.works_on(date)));
    }
    if services.contains(&Service::Harvest) {
        slots.extend(alive(records).map(|record| Slot {
            service: Service::Harvest,
            first: record.day,
            last: record.day,
            portion: record.portion,
        }));
    }
    slots
}

fn alive(records: &[LeaveRecord]) -> impl Iterator<Item = &LeaveRecord> {
    records
        .iter()
        .filter(|record| record.state != RecordState::Cancelled)
}

/// Whether an event stays as it is: it begins and ends with a day of leave, and none in it was
/// given back. Holidays and working weeks that changed since change nothing about it, because
/// nobody asked for that.
fn stays(entry: &Entry, records: &[LeaveRecord]) -> bool {
    let slot = entry.slot;
    let is_leave = |day| alive(records).any(|record| record.day == day);
    slot.service == Service::Calendar
        && matches!(
            entry.state,
            EntryState::Waiting | EntryState::Calling | EntryState::Done | EntryState::Failed
        )
        && is_leave(slot.first)
        && is_leave(slot.last)
        && records
            .iter()
            .filter(|record| slot.covers(record.day))
            .all(|record| record.state != RecordState::Cancelled && record.portion == slot.portion)
}

/// Whole days in a row are one event, over days on which the person does not work anyway; a half
/// day is one of its own. A day that was given back ends an event, and so does a half. Events
/// that stay are among them as they are.
fn events(records: &[LeaveRecord], stay: &[Slot], is_off: impl Fn(Date) -> bool) -> Vec<Slot> {
    let between = |last: Date, next: Date| {
        last.saturating_add(1.day())
            .series(1.day())
            .take_while(move |date| *date < next)
    };
    let mut events: Vec<Slot> = Vec::new();
    for record in alive(records) {
        if let Some(event) = stay.iter().find(|event| event.covers(record.day)) {
            if events.last() != Some(event) {
                events.push(*event);
            }
            continue;
        }
        let joins = |last: Date| {
            between(last, record.day)
                .all(|date| is_off(date) && records.iter().all(|other| other.day != date))
        };
        match events.last_mut() {
            Some(event)
                if !stay.contains(event)
                    && event.portion == Portion::Full
                    && record.portion == Portion::Full
                    && joins(event.last) =>
            {
                event.last = record.day;
            }
            _ => events.push(Slot {
                service: Service::Calendar,
                first: record.day,
                last: record.day,
                portion: record.portion,
            }),
        }
    }
    events
}

/// The id by which an entry is found again, always the same for the same leave. Events and
/// entries are at the services under it, so what it is made of may never change.
pub(super) fn key(
    workspace: &WorkspaceId,
    action: &PendingAction,
    slot: &Slot,
    generation: i32,
) -> String {
    // When it was asked for tells it from the leave of a database that was begun anew.
    let leave = format!(
        "timeoff/{workspace}/{}/{}/{}/{}/{}/{}/{generation}",
        action.id,
        action.created_at.as_microsecond(),
        slot.service.as_str(),
        slot.first,
        slot.last,
        slot.portion.as_str(),
    );
    EventId::derived_from(leave).into()
}

/// Something to be done so that what is there becomes what should be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// It should be there and is not known: in which generation of its id, and why it is failed
    /// from the beginning.
    Add {
        slot: Slot,
        generation: i32,
        failed: Option<String>,
    },
    /// No call was ever made for it, and nobody wants it.
    Forget(Entry),
    /// It is or may be there, and nobody wants it.
    Unwant(Entry),
}

/// Compares what should be there with what is.
pub(super) fn reconcile(wanted: &[Slot], have: &[Entry]) -> Vec<Change> {
    let mut changes = Vec::new();
    for slot in wanted {
        let generation = match have.iter().find(|entry| entry.slot == *slot) {
            None => 0,
            Some(entry) if entry.state == EntryState::Removed => entry.generation + 1,
            Some(_) => continue,
        };
        // Part of an event that failed has failed too: only a person sends it again.
        let failed = have
            .iter()
            .filter(|entry| entry.state == EntryState::Failed && entry.slot.meets(slot))
            .find_map(|entry| entry.error.clone());
        changes.push(Change::Add {
            slot: *slot,
            generation,
            // One that was removed begins anew.
            failed: failed.filter(|_| generation == 0),
        });
    }
    for entry in have.iter().filter(|entry| !wanted.contains(&entry.slot)) {
        match entry.state {
            EntryState::Waiting if entry.calls == 0 => changes.push(Change::Forget(entry.clone())),
            // One that is retried may be there from an earlier call.
            EntryState::Waiting | EntryState::Done | EntryState::Failed => {
                changes.push(Change::Unwant(entry.clone()));
            }
            EntryState::Calling
            | EntryState::Unwanted
            | EntryState::Removing
            | EntryState::Removed
            | EntryState::RemoveFailed => {}
        }
    }
    changes
}

/// Whether an event that nobody wants has to stay for the moment, because another one that shows
/// its days is not there yet.
pub(super) fn is_needed(unwanted: &Entry, entries: &[Entry]) -> bool {
    entries.iter().any(|other| {
        other.slot.meets(&unwanted.slot)
            && matches!(
                other.state,
                EntryState::Waiting | EntryState::Calling | EntryState::Failed
            )
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::leave::days::{self, Holiday};
    use crate::leave::model::LeaveSpan;
    use crate::leave::policy;

    fn records(calendar: &PersonCalendar, span: &LeaveSpan) -> Vec<LeaveRecord> {
        policy::leave_days(&days::count(calendar, span))
            .map(|(day, portion, minutes)| LeaveRecord {
                day: day.date,
                portion,
                minutes,
                state: RecordState::Confirmed,
            })
            .collect()
    }

    fn span(first: Date, last: Date) -> LeaveSpan {
        LeaveSpan::new(first, last, Portion::Full).unwrap()
    }

    fn show(slots: &[Slot]) -> String {
        let lines: Vec<String> = slots
            .iter()
            .map(|slot| {
                let (first, last) = (
                    slot.first.strftime("%a %-d"),
                    slot.last.strftime("%a %-d %b"),
                );
                format!(
                    "{} {first} – {last} {}",
                    slot.service.as_str(),
                    slot.portion.as_str()
                )
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn whole_days_in_a_row_are_one_event_and_time_is_entered_by_day() {
        let mut calendar = PersonCalendar::default();
        calendar.holidays.insert(
            date(2026, 1, 13),
            vec![Holiday {
                portion: Portion::Full,
                name: "Founders' Day".to_owned(),
            }],
        );
        // From Saturday to Wednesday of the week after next, until midday.
        let span = span(date(2026, 1, 8), date(2026, 1, 14)).with_half_ends(false, true);
        let slots = wanted(&records(&calendar, &span), &calendar, Service::ALL, &[]);
        insta::assert_snapshot!(show(&slots), @r"
        calendar Thu 8 – Mon 12 Jan full
        calendar Wed 14 – Wed 14 Jan half_am
        harvest Thu 8 – Thu 8 Jan full
        harvest Fri 9 – Fri 9 Jan full
        harvest Mon 12 – Mon 12 Jan full
        harvest Wed 14 – Wed 14 Jan half_am
        ");
    }

    #[test]
    fn weekends_at_the_ends_are_not_in_the_event() {
        let calendar = PersonCalendar::default();
        let span = span(date(2026, 1, 3), date(2026, 1, 11));
        let slots = wanted(
            &records(&calendar, &span),
            &calendar,
            &[Service::Calendar],
            &[],
        );
        assert_eq!(show(&slots), "calendar Mon 5 – Fri 9 Jan full");
    }

    fn entry(slot: Slot, state: EntryState) -> Entry {
        Entry {
            slot,
            key: String::new(),
            generation: 0,
            remote_id: None,
            place: None,
            state,
            calls: 1,
            error: state.is_failed().then(|| "down".to_owned()),
        }
    }

    #[test]
    fn a_day_given_back_leaves_the_events_of_the_remaining_days() {
        let calendar = PersonCalendar::default();
        let mut days = records(&calendar, &span(date(2026, 1, 5), date(2026, 1, 9)));
        let services = [Service::Calendar];
        let before: Vec<Entry> = wanted(&days, &calendar, &services, &[])
            .into_iter()
            .map(|slot| entry(slot, EntryState::Done))
            .collect();
        days[2].state = RecordState::Cancelled;
        let after = wanted(&days, &calendar, &services, &before);
        insta::assert_snapshot!(show(&after), @r"
        calendar Mon 5 – Tue 6 Jan full
        calendar Thu 8 – Fri 9 Jan full
        ");
        let add = |slot: Slot, failed: Option<&str>| Change::Add {
            slot,
            generation: 0,
            failed: failed.map(str::to_owned),
        };
        assert_eq!(
            reconcile(&after, &before),
            [
                add(after[0], None),
                add(after[1], None),
                Change::Unwant(before[0].clone())
            ]
        );
        // What failed is not sent again under another name.
        let failed = [entry(before[0].slot, EntryState::Failed)];
        assert_eq!(
            reconcile(&after, &failed)[..2],
            [add(after[0], Some("down")), add(after[1], Some("down"))]
        );
        // The old event stays until the new ones are there.
        let unwanted = entry(before[0].slot, EntryState::Unwanted);
        for (state, needed) in [
            (EntryState::Waiting, true),
            (EntryState::Failed, true),
            (EntryState::Done, false),
        ] {
            let all = [
                unwanted.clone(),
                entry(after[0], EntryState::Done),
                entry(after[1], state),
            ];
            assert_eq!(is_needed(&unwanted, &all), needed, "{state:?}");
        }
    }

    #[test]
    fn an_event_of_which_no_day_changed_stays_whatever_became_of_a_holiday() {
        let holiday = vec![Holiday {
            portion: Portion::Full,
            name: "Founders' Day".to_owned(),
        }];
        let mut with_holiday = PersonCalendar::default();
        for number in [6, 8] {
            let day = date(2026, 1, number);
            with_holiday.holidays.insert(day, holiday.clone());
        }
        let without = PersonCalendar::default();
        let mut days = records(&with_holiday, &span(date(2026, 1, 5), date(2026, 1, 12)));
        let services = [Service::Calendar];
        for (then, now) in [(&with_holiday, &without), (&without, &with_holiday)] {
            let before = wanted(&days, then, &services, &[]);
            for state in [
                EntryState::Waiting,
                EntryState::Calling,
                EntryState::Done,
                EntryState::Failed,
            ] {
                let have: Vec<Entry> = before.iter().map(|slot| entry(*slot, state)).collect();
                assert_eq!(wanted(&days, now, &services, &have), before);
                assert_eq!(reconcile(&before, &have), []);
            }
            let gone: Vec<Entry> = before
                .iter()
                .map(|slot| entry(*slot, EntryState::Removed))
                .collect();
            let anew = wanted(&days, now, &services, &gone);
            assert_eq!(anew, wanted(&days, now, &services, &[]));
        }
        // An event that has to change anyway follows the holidays of today.
        let have: Vec<Entry> = wanted(&days, &with_holiday, &services, &[])
            .into_iter()
            .map(|slot| entry(slot, EntryState::Done))
            .collect();
        days.last_mut().unwrap().state = RecordState::Cancelled;
        insta::assert_snapshot!(show(&wanted(&days, &without, &services, &have)), @r"
        calendar Mon 5 – Mon 5 Jan full
        calendar Wed 7 – Wed 7 Jan full
        calendar Fri 9 – Fri 9 Jan full
        ");
    }

    #[test]
    fn an_entry_that_is_wanted_again_gets_the_next_id() {
        let slot = Slot {
            service: Service::Calendar,
            first: date(2026, 1, 5),
            last: date(2026, 1, 5),
            portion: Portion::Full,
        };
        let removed = entry(slot, EntryState::Removed);
        assert_eq!(
            reconcile(&[slot], &[removed]),
            [Change::Add {
                slot,
                generation: 1,
                failed: None
            }]
        );
        let never_sent = Entry {
            calls: 0,
            ..entry(slot, EntryState::Waiting)
        };
        let retried = entry(slot, EntryState::Waiting);
        for (waiting, change) in [
            (&never_sent, Change::Forget(never_sent.clone())),
            (&retried, Change::Unwant(retried.clone())),
        ] {
            assert_eq!(reconcile(&[], std::slice::from_ref(waiting)), [change]);
            assert_eq!(reconcile(&[slot], std::slice::from_ref(waiting)), []);
        }
    }

    prop_compose! {
        fn leave()(
            first in 0i64..700, length in 0i64..40, portion in prop::sample::select(vec![Portion::Full, Portion::HalfAm, Portion::HalfPm]),
            start in any::<bool>(), end in any::<bool>(),
            week in prop::array::uniform7(prop::sample::select(vec![Some(Portion::Full), Some(Portion::Full), Some(Portion::HalfAm), None])),
            holidays in prop::collection::btree_map(0i64..740, prop::sample::select(vec![Portion::Full, Portion::HalfPm]), 0..60),
            cancelled in prop::collection::btree_set(0usize..40, 0..6),
        ) -> (PersonCalendar, Vec<LeaveRecord>, BTreeSet<usize>) {
            let begin = date(2026, 1, 1);
            let first = begin.saturating_add(first.days());
            let holidays: BTreeMap<Date, Vec<Holiday>> = holidays.into_iter()
                .map(|(day, portion)| (begin.saturating_add(day.days()), vec![Holiday { portion, name: "Holiday".to_owned() }])).collect();
            let calendar = PersonCalendar {
                own_weeks: vec![days::WorkingWeek { days: week, ..days::WorkingWeek::default() }],
                holidays, ..PersonCalendar::default()
            };
            let span = LeaveSpan::new(first, first.saturating_add(length.days()), portion).unwrap().with_half_ends(start, end);
            let records = records(&calendar, &span);
            (calendar, records, cancelled)
        }
    }

    /// Each live day is in exactly one event, with its part, and every other date of an event is
    /// one on which the person does not work and that was not given back.
    fn fits(
        calendar: &PersonCalendar,
        records: &[LeaveRecord],
        slots: &[Slot],
    ) -> Result<(), TestCaseError> {
        for record in records {
            let covering: Vec<Portion> = slots
                .iter()
                .filter(|slot| slot.covers(record.day))
                .map(|slot| slot.portion)
                .collect();
            let expected = if record.state == RecordState::Cancelled {
                vec![]
            } else {
                vec![record.portion]
            };
            prop_assert_eq!(covering, expected);
        }
        for slot in slots {
            let dates = slot
                .first
                .series(1.day())
                .take_while(|date| *date <= slot.last);
            for date in dates {
                let is_leave = records.iter().any(|record| record.day == date);
                prop_assert!(
                    is_leave || !calendar.works_on(date),
                    "{date} is in an event"
                );
            }
            for end in [slot.first, slot.last] {
                prop_assert!(alive(records).any(|record| record.day == end));
            }
            prop_assert!(slot.portion == Portion::Full || slot.first == slot.last);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn events_show_exactly_the_days_of_leave((calendar, mut records, cancelled) in leave()) {
            let services = [Service::Calendar];
            let before = wanted(&records, &calendar, &services, &[]);
            fits(&calendar, &records, &before)?;
            // Neighbours that could be one event are one.
            for pair in before.windows(2).filter(|pair| pair.iter().all(|slot| slot.portion == Portion::Full)) {
                let mut gap = pair[0].last.saturating_add(1.day()).series(1.day()).take_while(|date| *date < pair[1].first);
                prop_assert!(gap.any(|date| calendar.works_on(date)));
            }
            for index in cancelled {
                if let Some(record) = records.get_mut(index) {
                    record.state = RecordState::Cancelled;
                }
            }
            let mut there: Vec<Entry> = before.into_iter().map(|slot| entry(slot, EntryState::Done)).collect();
            let after = wanted(&records, &calendar, &services, &there);
            fits(&calendar, &records, &after)?;
            // What stays is what would be planned anew.
            prop_assert_eq!(&after, &wanted(&records, &calendar, &services, &[]));

            // And what is to be done leads from the one to the other.
            for change in reconcile(&after, &there.clone()) {
                match change {
                    Change::Add { slot, .. } => there.push(entry(slot, EntryState::Done)),
                    Change::Unwant(gone) | Change::Forget(gone) => there.retain(|entry| *entry != gone),
                }
            }
            let mut slots: Vec<Slot> = there.into_iter().map(|entry| entry.slot).collect();
            slots.sort_by_key(|slot| slot.first);
            prop_assert_eq!(slots, after);
        }

        #[test]
        fn time_is_entered_once_for_each_day_of_leave((calendar, mut records, cancelled) in leave()) {
            for index in cancelled {
                if let Some(record) = records.get_mut(index) {
                    record.state = RecordState::Cancelled;
                }
            }
            let slots = wanted(&records, &calendar, &[Service::Harvest], &[]);
            let days: Vec<(Date, Portion)> = slots.iter().map(|slot| (slot.first, slot.portion)).collect();
            prop_assert_eq!(days, alive(&records).map(|record| (record.day, record.portion)).collect::<Vec<_>>());
            prop_assert!(slots.iter().all(|slot| slot.first == slot.last));
        }
    }
}
