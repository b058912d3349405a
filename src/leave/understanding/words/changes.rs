//! Taking back, moving and changing leave.

use super::Tag;

pub(super) const TABLE: &[(Tag, &str)] = &[
    (
        Tag::Cancel,
        "cancel|cancelling|canceling|cancelled|canceled|cancl|cancell|cancle|scrap|scrapping|scrapped|withdraw|withdrawing|withdrawn|withdrew|revoke|revoking|retract|retracting|rescind|take back|taking back|undo|drop|disregard|ignore|delete|remove|strike|nix|scratch|nvm|nevermind|never mind|void|bin|binning|call off my|calling off my|ditch|forget|cancellation of|cancelation of|roll back|rollback|unbook|cxl|cancelation|cancellation|forget about|pull my|no need of|scrub|reverse|give back|giving back|hand back|not required|no longer required|no longer needed|not needed|not needed anymore|no more required|wont be needed|wont be required|isnt needed|is off the cards",
    ),
    (
        Tag::TakesBack,
        "wont be taking|wont be taking the|wont take|wont be on|not taking|not going to take|not gonna take|not be taking|will not be taking|will not take|no longer taking|no longer need|no longer needing|no longer going on|no longer require|no longer on|dont need|do not need|wont need|will not need|dont require|do not require|dont want|no need for|no need to take|not needing|not going on|not availing|wont be availing|wont avail|not proceeding with|not using|wont use|wont be using|no longer off|no longer out|no longer away|no longer using|not going to need|not gonna need|not going to be on|not going to be taking|not be needing|wont be needing|doesnt need|didnt take|did not take|didnt avail|not on leave|not off|not out|not away|not on vacation|not on pto|wont be off|wont be out|wont be away|will not be on|will not be off|not be on leave|not be off|not be out|not require|not needed the",
    ),
    (
        Tag::AfterAll,
        "after all|anymore|any more|any longer|no longer|instead of leave|instead of being off|instead of taking leave|not anymore",
    ),
    (
        Tag::PlansChanged,
        "changed my plans|changed my plan|change of plan|change of plans|change in plan|change in plans|plans changed|plan changed|plans have changed|plan has changed|my plans changed|my plan changed|plans cancelled|plan cancelled|plan got cancelled|plans got cancelled|plans fell through|trip fell through|fell through|fallen through|trip cancelled|trip got cancelled|trip is cancelled|trip postponed|trip got postponed|got postponed|postponed|got cancelled|got canceled|called off|is cancelled|is canceled|was cancelled|got pushed|pushed out|plans dropped|changed my mind|plan dropped|plans fell|got called off|has been cancelled|has been postponed|has been called off|is off now|is postponed|cancelled on me|plans shifted|plan change|plans change|was called off|been rescheduled|got rescheduled|rescheduled|was postponed|no longer happening|not happening|isnt happening|is not happening|not happening anymore",
    ),
    (
        Tag::Move,
        "move|moving my|moving the|moving it|moved|shift|shifting my|shifting it|shifting the|shifted|push|pushing my|pushing it|postpone|postponing|prepone|preponing|reschedule|rescheduling|swap|swapping|swapped|change my|change the|change it|changing my|changing it|change|switch|switching|bring forward|switched|changing|transfer|replace|replacing|pull forward|advance my|amend|edit|update my leave|modify|update it|update my|convert|swop|exchange|correct",
    ),
    (Tag::Instead, "instead|rather"),
    (
        Tag::InsteadOf,
        "instead of|rather than|in place of|in lieu of|and not|in stead of",
    ),
    (
        Tag::Except,
        "except|except for|excluding|exclude|excl|but not|other than|apart from|aside from|barring|minus|without|skipping|not counting|save for|excepting|except on|but not on|not including|leaving out|bar|other then|not on|besides|with the exception of|but working|but working on|but will work on|but will be working on|but i will work on|but i am working|but i am working on|but i will be working on|but i will be working|but will be in on|but i will be in on|but am in on|but i am in on|but in on|but will be in|but i will be in|but i am in|but available on|but available|but wfh on|but wfh|but will be wfh on|but i will be wfh on|but will wfh on|but will work|but i will work|but online on|but online|but back on|but in|though working|though i am working|though i am in on|though i will be in on|though i will work on|though in on|though working on|exept|excpt|expect for|all but",
    ),
    (
        Tag::Too,
        "too|also|either|as well|aswell|additionally|in addition|and also|plus also|add|on top|to the list|on top of that",
    ),
    (
        Tag::Only,
        "is now on|is now on the|is now for|are now on|only|just|actually just|only need|just need|actually|sorry|correction|typo|i meant|meant|i mean|my bad|oops|scratch that|make that|rather just|it is actually|wait|apologies|should be|should read|should have been|should say|supposed to say|instead it is|not that|got the date wrong|got the dates wrong|wrong date|wrong dates|wrong day|i said|edit|update",
    ),
    (
        Tag::MakeIt,
        "make it|make that|change it to|change that to|change to|make|lets make it|can we make it|can you make it|could you make it|pls make it|it will be|it would be|change this to|switch it to|convert it to|convert to|change them to|turn it into|update it to|update to|it should be|mark it as|mark it|mark as|mark that as|count it as|treat it as|make them|make this|make both",
    ),
    (
        Tag::Extend,
        "extend|extending|extend it|extending it|extend my leave|extending my leave|extend my|extended|extend that|prolong|prolonging|continuing|continue|stretch|stretching it|extension|need to extend|extend leave|extending leave|extend the leave|add more",
    ),
    (
        Tag::ThatDay,
        "that day|that same day|the same day|same day|that date|that very day|that week|that whole week|that entire week|those days|those dates|these dates|those two days|those 2 days|those three days|those 3 days|the same days|same days|the same dates|same dates",
    ),
    (
        Tag::Nth(1),
        "first one|1st one|first of those|first of them|first of the two|first of these|day one|day 1",
    ),
    (
        Tag::Nth(2),
        "second one|2nd one|second day|2nd day|second of those|second of them|second of the two|second of these|day two|day 2|latter one",
    ),
    (
        Tag::Nth(3),
        "third one|3rd one|third day|3rd day|day three|day 3",
    ),
    (Tag::Nth(4), "fourth one|4th one|fourth day|4th day"),
    (
        Tag::Nth(-1),
        "last one|final one|final day|last of those|last of them|last of these|last day of it|last day of that",
    ),
    (
        Tag::OtherDays,
        "the other one|the other two|other two|the other three|the other day|the other days|other days|the others|the other 2|the other 3|the rest|rest of the days|the remaining days|remaining days|rest are|rest is|rest full|the remaining two|remaining two|the remaining ones",
    ),
    (
        Tag::It,
        "it|that|this one|those|them all|all of it|all of them|the whole thing|both of them|this leave|that leave|the leave|these|the request|my request|leave request|this request|the same|all|entire leave|everything|whole leave",
    ),
    (
        Tag::Back,
        "back|back at it|be back|will be back|back in|back at work|back to work|back on|back in office|back in the office|back at my desk|back to office|back online on|returning|return|will return|returning to work|return to work|resume|resuming|will resume|resume work|resuming work|rejoin|rejoining|rejoin work|see you|see you all|see you on|see ya|cya|catch you|catch you all|coming back|come back|will come back|back by|back from leave on|back working|join back|joining back|will join back|join duty|resume office|resume duty|back on duty|join back on|joining back on|report back|reporting back|back again|return on|return to office|be back on|be back in|be back by|back around|first day back|in again|be in again|day back|at work again|will report",
    ),
];
