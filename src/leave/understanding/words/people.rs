//! The author, family and others.

use super::Tag;

pub(super) const TABLE: &[(Tag, &str)] = &[
    (
        Tag::Family,
        "wife|husband|son|sons|daughter|daughters|kid|kids|child|children|baby|mom|mum|mother|moms|mums|mummy|dad|father|dads|parents|parent|papa|mama|amma|appa|maa|brother|sister|bro|sis|sibling|uncle|aunt|aunty|auntie|cousin|cousins|nephew|niece|grandmother|grandfather|grandma|grandpa|granny|nan|gran|grandad|granddad|grandparents|nani|dadi|nana|in laws|inlaws|mother in law|father in law|mil|fil|sister in law|brother in law|family|partner|girlfriend|boyfriend|fiance|fiancee|spouse|toddler|newborn|dog|cat|puppy|kitten|pet|pets|vet|vets|friend|friends|bestie|roommate|flatmate|neighbour|neighbor|relative|relatives|kiddo|little one|kids school|boy|girl|twins|maid|nanny|wifey|hubby|missus|ma|pa|folks|gf|bf|doggo|boys|girls|daughters school|better half|other half s|best friend|in law|horse|rabbit|hamster|kiddos|maternal|paternal|hes got|shes got|in laws|inlaw|bump|childminder|babysitter",
    ),
    (
        Tag::Other,
        "he|she|they|him|her|his|their|them|manager|my manager|boss|lead|my lead|team lead|tl|colleague|colleagues|coworker|team|everyone|everybody|someone|somebody|anyone|nobody|no one|people|folks who|guys who|the client|client|customer|vendor|hr|admin|intern|interns|qa|devs|developer|developers|engineer|engineers|designer|designers|support team|sales|director|ceo|cto|half the team|half of the team|the team|who|whoever|others|other|teammate|team mate|mate|buddy|mentor|reportee|reportees|recruiter|candidate|pm guy|scrum master|po|product owner|reviewer|approver|cleaner|plumber|electrician",
    ),
    (
        Tag::Me,
        "i|me|my|myself|we|us|our|mine|i too|meself|self|both of us|ourselves",
    ),
    (Tag::You, "you|your|u|ur|yours|yall|youre"),
];
