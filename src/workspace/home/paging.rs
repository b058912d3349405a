//! Lists of any length in a view of at most 100 blocks: a page of each, and buttons to turn it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clients::blocks::{SlackBlock, actions, button, section};
use crate::tenant::home::Why;

/// Shows the page before.
pub const PREVIOUS: &str = "home.previous";
/// Shows the page after.
pub const NEXT: &str = "home.next";

/// The most characters that a paragraph is filled with; Slack takes 3000.
const PARAGRAPH: usize = 2900;

/// A list of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
    /// What is left of the allowances.
    Balances,
    /// The person's own leave.
    Upcoming,
    /// What waits for them.
    Waiting,
    /// Who is off today.
    OffToday,
    /// Who will be off.
    OffSoon,
    /// What failed at other services.
    FailedSyncs,
    /// Who has no approver.
    WithoutApprover,
}

impl List {
    pub(super) const ALL: [Self; 7] = [
        Self::Balances,
        Self::Upcoming,
        Self::Waiting,
        Self::OffToday,
        Self::OffSoon,
        Self::FailedSyncs,
        Self::WithoutApprover,
    ];

    /// The word in a button's value.
    fn as_str(self) -> &'static str {
        match self {
            Self::Balances => "balances",
            Self::Upcoming => "upcoming",
            Self::Waiting => "waiting",
            Self::OffToday => "off_today",
            Self::OffSoon => "off_soon",
            Self::FailedSyncs => "failed_syncs",
            Self::WithoutApprover => "without_approver",
        }
    }

    /// How many of its items a page has: all lists together stay below the limit of a view.
    fn per_page(self) -> usize {
        match self {
            Self::Waiting => 5,
            Self::FailedSyncs => 6,
            Self::Upcoming => 8,
            Self::Balances => 12,
            Self::OffToday | Self::OffSoon | Self::WithoutApprover => 20,
        }
    }
}

/// Which page of each list is shown, from 0; the first of those that are not named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Pages(BTreeMap<List, usize>);

impl Pages {
    /// Which pages are shown next.
    pub(super) fn after(&self, why: &Why) -> Self {
        match why {
            Why::Opened => Self::default(),
            Why::Changed | Why::Refresh { .. } => self.clone(),
            Why::Turn { list, page } => {
                let mut next = self.clone();
                if let Some(list) = List::ALL.into_iter().find(|known| known.as_str() == list) {
                    next.0.insert(list, *page);
                }
                next
            }
        }
    }

    /// The page of a list; of one that has become shorter, its last.
    pub(super) fn of<'a, T>(&self, list: List, items: &'a [T]) -> Page<'a, T> {
        let size = list.per_page();
        let last = items.len().saturating_sub(1) / size;
        let at = self.0.get(&list).copied().unwrap_or_default().min(last);
        let from = at * size;
        Page {
            list,
            at,
            last,
            from,
            total: items.len(),
            items: &items[from..items.len().min(from + size)],
        }
    }
}

/// A page of a list.
pub(super) struct Page<'a, T> {
    list: List,
    at: usize,
    last: usize,
    from: usize,
    total: usize,
    /// What is on it.
    pub(super) items: &'a [T],
}

impl<T> Page<'_, T> {
    /// “ (21–40 of 500)”, to follow a heading; nothing where one page has it all.
    pub(super) fn position(&self) -> String {
        if self.last == 0 {
            return String::new();
        }
        let (first, last) = (self.from + 1, self.from + self.items.len());
        if first == last {
            return format!(" ({first} of {})", self.total);
        }
        format!(" ({first}–{last} of {})", self.total)
    }

    /// The buttons that turn it.
    pub(super) fn buttons(&self) -> Option<SlackBlock> {
        let list = self.list.as_str();
        let mut buttons = Vec::new();
        if self.at > 0 {
            let value = format!("{list}:{}", self.at - 1);
            buttons.push(button(PREVIOUS, "Previous", &value));
        }
        if self.at < self.last {
            buttons.push(button(NEXT, "Next", &format!("{list}:{}", self.at + 1)));
        }
        (!buttons.is_empty()).then(|| actions(&format!("pages:{list}"), buttons))
    }
}

/// The list and page of a button's value.
pub(super) fn turned_to(value: &str) -> Option<(String, usize)> {
    let (list, page) = value.split_once(':')?;
    let known = List::ALL.into_iter().any(|known| known.as_str() == list);
    // No list is so long that its page has more digits.
    let page = page.parse().ok().filter(|page| *page < 1_000_000)?;
    known.then(|| (list.to_owned(), page))
}

/// A heading and lines below it, in as few paragraphs as hold them.
pub(super) fn paragraphs(
    heading: &str,
    lines: impl IntoIterator<Item = String>,
) -> Vec<SlackBlock> {
    let mut paragraphs = vec![heading.to_owned()];
    for line in lines {
        match paragraphs.last_mut() {
            Some(last) if last.chars().count() + 1 + line.chars().count() <= PARAGRAPH => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(&line);
            }
            _ => paragraphs.push(line),
        }
    }
    paragraphs.iter().map(|text| section(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_turned_back_and_forth_and_never_beyond_the_end() {
        let items: Vec<usize> = (0..45).collect();
        let mut pages = Pages::default();
        let mut seen = Vec::new();
        let mut where_at = Vec::new();
        for page in [0, 1, 2, 7] {
            let turn = Why::Turn {
                list: "off_soon".to_owned(),
                page,
            };
            pages = pages.after(&turn);
            let page = pages.of(List::OffSoon, &items);
            where_at.push(page.position());
            if where_at.len() < 4 {
                seen.extend_from_slice(page.items);
            }
        }
        assert_eq!(seen, items);
        insta::assert_snapshot!(where_at.join("\n"), @"
        (1–20 of 45)
        (21–40 of 45)
        (41–45 of 45)
        (41–45 of 45)
        ");
        assert_eq!(pages.after(&Why::Changed), pages);
        assert_eq!(pages.after(&Why::Opened), Pages::default());
        assert_eq!(pages.of(List::OffSoon, &items[..3]).position(), "");
        assert!(pages.of(List::OffSoon, &items[..0]).items.is_empty());
        assert_eq!(pages.of(List::Upcoming, &items).position(), " (1–8 of 45)");
        assert_eq!(
            pages.of(List::OffSoon, &items[..41]).position(),
            " (41 of 41)"
        );
    }

    #[test]
    fn only_a_value_of_ours_turns_a_page() {
        assert_eq!(turned_to("waiting:3"), Some(("waiting".to_owned(), 3)));
        for other in [
            "waiting",
            "waiting:",
            "waiting:-1",
            "wages:1",
            "waiting:99999999999",
        ] {
            assert_eq!(turned_to(other), None, "{other}");
        }
    }

    #[test]
    fn the_words_of_lists_are_those_that_are_stored() {
        for list in List::ALL {
            assert_eq!(serde_json::json!(list), list.as_str());
        }
    }
}
