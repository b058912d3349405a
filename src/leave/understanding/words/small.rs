//! Small words, and what says nothing of leave.

use super::Tag;

pub(super) const TABLE: &[(Tag, &str)] = &[
    (
        Tag::Until,
        "until|till|til|untill|untl|tll|upto|up to|up until|up till|up to and including|upto and including|until and including|till and including|through and including|thru to|through to|to end|ends|ending|end|ends on|ending on|end on|all the way to|end date|last day|last date|thru till|until the end of|to date|last working day before",
    ),
    (
        Tag::From,
        "from|starting|starting from|starting on|start|start date|start from|beginning|beginning from|beginning on|begin|begins|begin from|wef|w e f|with effect from|effective|effective from|commencing|commencing from|commencing on|starts|starts from|starts on|frm|fom|start on|strting|as of|as from|from date|first day|startin|with effect|strt",
    ),
    (Tag::Since, "since|ever since"),
    (Tag::To, "to|thru|through|too till|t o"),
    (Tag::Between, "between|btw|btwn|bw|b w|in between|betwn"),
    (
        Tag::And,
        "and|n|plus|as well as|along with|together with|nd|followed by|and then|an|et|and on|then also|and again",
    ),
    (Tag::But, "but|however|though|although|yet"),
    (
        Tag::So,
        "so|hence|therefore|thus|so that|and so|which means|as a result|so i|accordingly|meaning",
    ),
    (
        Tag::Because,
        "against|in return for|in exchange for|because|coz|cos|cuz|bcoz|bcz|becoz|becuase|becoz of|because of|due to|owing to|as i|as my|as we|as the|as it|as there|as our|since i|since my|since we|since the|given|account of|on account of|cause|thanks to|reason|reason being|purpose|on the occasion of|as am|as there is|as its|as she|as he|bcos|coz of|since it|with my|while my|seeing as|as|in view of|as per|bcause|wanting to|in order to|so as to|becs|bec",
    ),
    (
        Tag::While,
        "while|when|whilst|during|whenever|after i|before i|the day i|while i|when i|wen i|last time|the last time|back when|while you",
    ),
    (
        Tag::If,
        "if|unless|in the event|provided|assuming|should it|shud",
    ),
    (
        Tag::Then,
        "then|after that|afterwards|post that|later|thereafter|followed",
    ),
    (Tag::For, "for|fr"),
    (
        Tag::On,
        "on|onn|dated|date|dates|day|for the dates|for dates|on the dates|the dates|falling on|that is|namely|ie|i e|viz",
    ),
    (Tag::Of, "of"),
    (Tag::The, "the|teh|da"),
    (Tag::In, "in|within"),
    (Tag::At, "at|approx|about"),
    (Tag::By, "by"),
    (Tag::Next, "next|nxt"),
    (Tag::Last, "last|past|previous|prev"),
    (Tag::This, "this|coming|this coming|upcoming|following"),
    (
        Tag::Past,
        "was|were|had|took|had to take|had taken|have been|has been|been|had been|availed|did|had to|took a|was down|have taken|fell|came down|couldnt|could not|didnt|did not|wasnt|hadnt|already took|felt",
    ),
    (
        Tag::Future,
        "will|shall|going to|gonna|wil|planning|plan|planned|would|intend|intending|hoping|want to|need to|about to|gng to|planing|plan on|going|wanna|hope",
    ),
    (
        Tag::Not,
        "not|no|never|wont|dont|cant|cannot|isnt|arent|neither|nor|nope|nah|unable",
    ),
    (Tag::Be, "am|is|are|be|being|r|amm|s"),
    (
        Tag::Want,
        "want|need|would like|id like|like|require|requesting|request|apply|applying|applied|asking|ask|book|booking|booked|wish|wanted|needs|needed|put in|putting in|put me down|submit|submitting|looking for|looking to|hoping for|seeking|plan|planning|planned|would love|would prefer|grant|sanction|will require|require to|schedule|scheduling|scheduled|reserve|request for|requesting for",
    ),
    (
        Tag::Take,
        "treating myself to|treat myself to|treating myself with|proceeding|proceed|stay|staying|take|taking|taken|takin|using|use|burning|burn|having|have|has|avail|availing|gotta take|doing|tkng|tk|grabbing|spend|get|getting|utilising|utilizing|utilize|give|block|blocking",
    ),
    (
        Tag::Report,
        "forgot|forgot to|forget|missed to|missed|log|logging|logged|mark|marking|add|adding|update|updating|updated|record|recording|regularise|regularize|regularization|posting|post|posted|informing|inform|late update|belated|belatedly|retroactively|backdated|back dated|put it|enter|entering|register|note|noting|log it|mark me|fyi late|for the record|for record|late post|late entry|submit late|apply my|apply for my",
    ),
    (
        Tag::Passing,
        "catching up|catch up|missed this|missed the|missed it|just saw|just seeing|saw this|seeing this|what did i miss|digging through|thanks for covering|thank you for covering|thx for covering|hence the delay|so missed|sorry for the delay|sorry for the late reply|delay in|late reply|late response|the build broke|broke|remember|recall|last time|back then|reading through|going through|picked this up|backlog|so the|so i missed|so couldnt|so could not|so didnt|so did not|anything i missed|did i miss|what happened|fill me in|bring me up to speed|inbox|back now|am back|i am back|back today|back from|now back|just got back|returned from|just back|returned|came back|am back now|back in action|back at it|feeling refreshed|great vacation|enjoyed|loved my|had a great|had a lovely|had a nice|great holiday|lovely holiday|lovely vacation|good vacation|anyone look|anyone looked|did anyone",
    ),
    (
        Tag::Now,
        "now|right now|emergency|family emergency|personal emergency|just now|immediately|short notice|late notice|last minute|woke up|sudden|suddenly|unexpected|unexpectedly|unforeseen|urgently|asap|at the moment|currently|still|urgent work|urgent personal work|apologies for the short|at short notice|came up|come up|unplanned|this instant|gm|rn|atm|had an emergency|heading home|going home",
    ),
    (
        Tag::Ack,
        "yes|yeah|yep|yup|ya|yea|ok|okay|okey|k|kk|sure|thanks|thank you|thx|ty|tysm|cheers|great|perfect|cool|fine|done|confirmed|confirm|correct|right|looks good|lgtm|sounds good|good|nice|brilliant|awesome|noted|approved|alright|thats right|that is right|that is correct|thats correct|got it|will do|np|no problem|no worries|lovely|super|works|that works|thnx|tks|tq|much appreciated|appreciated|appreciate it|all good|ok thanks|thanks a lot|thanks so much|many thanks|roger|ack|agreed|exactly|of course|wonderful|excellent|fab|ta|yes please|yes pls|go ahead|fantastic|dhanyavaad|thanku|thankyou|hmm|oh|ah|haha|lol|welcome|congrats|congratulations|get well soon|take care|enjoy",
    ),
    (
        Tag::Topic,
        "pl sql|our catch up|my catch up|the catch up|endpoint|endpoints|api|apis|bug|bugs|bugfix|widget|repro|hotfix|staging|logic|feature|features|feed|listings|nightly|cron|pipeline|dashboard|tracker|module|service|microservice|bot|bots|rewrite|app|query|unit test|unit tests|test case|test cases|script|scripts|table|column|field|dropdown|filter|import job|sync job|report|reports|returns|throws|throwing|fails|failing|crash|crashes|crashing|error|errors|exception|db|database|server|jira|dataset|webhook|integration|calculation|calculator|validation|template|templates|release notes|slide|slides|epic|user story|microsite|component|form field|form validation|screen|page|pages|button|export|csv|migration|responder|autoresponder|auto responder|rental|package|packages|email|newsletter|campaign",
    ),
    (
        Tag::Contact,
        "ping|pinging|contact|reach out to|reach out|pls reach|reach me|call me|call|text|whatsapp|msg|message|dm|email|mail|slack me|pls contact|backup|back up|my backup|poc|cover|covers|cover for me|covering|covering for me|has the pager|holding the fort|hold the fort|looking after|look after|will handle|handling|handle|handles|handover|hand over|handed over|handing over|take over|taking over|takes over|takes care|take care of|pick up|picking up|picks up|step in|fill in|filling in|stand in|standing in|escalate|escalation|delegate|point of contact|in my absence|in case of|for anything|anything urgent|for urgent|any urgent|urgent things|if anything|incase|in case you|reachable|responsible|on point|primary|secondary|sub|deputising|deputise|loop|looped|tag|assigned|reassigned|agreed to|swap shifts|reviewing|can you|can u|could you|can someone|could someone|let me know|lmk|shout|ask|see handover|emergency contact|cc|fyi|heads up|pls check|pls plan|plan accordingly|pls note|approve|pls approve|kindly approve|approval|do the needful",
    ),
    (
        Tag::Filler,
        "giving me a migraine|giving me migraines|giving us a migraine|giving me a headache|giving me headaches|giving us a headache|giving us headaches|gives me a headache|gives me a migraine|shown|included|knee|knees|ankle|wrist|shoulder|neck|elbow|stomach|tummy|foot|leg|jaw|extend the weekend|extend my weekend|extending the weekend|extend our weekend|doctor strange|dr strange|doctor who|dr who|doctor sleep|doctor zhivago|over|pls|please|plz|plss|plzz|pleas|kindly|hi|hello|hey|hiya|hii|heya|dear|all|team|folks|guys|everyone all|yo|morning all|morning team|morning everyone|morning folks|morning guys|afternoon all|afternoon team|afternoon everyone|evening all|evening team|good morning|good afternoon|good evening|good day|good mrng|good mrning|gud morning|gud mrng|gd morning|good morning all|good morning team|good morning everyone|good morning folks|good afternoon all|good evening all|good night|happy monday|happy friday|happy tuesday|happy wednesday|happy thursday|happy weekend|happy sunday|happy saturday|have a good weekend|have a great weekend|have a nice weekend|have a lovely weekend|have a great day|have a good day|have a great week|have a good week|have a great week ahead|great weekend|nice weekend|enjoy the weekend|enjoy your weekend|great week|good week|good weekend|nice day|great day|good one|fyi|heads up|note|quick note|quick one|quick update|quick heads up|update|reminder|friendly reminder|gentle reminder|a|an|again|both|inclusive|incl|including|both days|both inclusive|each|respectively|as planned|planned earlier|as discussed|as mentioned|as informed|as already|already|earlier|as usual|hope|letting you know|just letting you know|just a heads up|just fyi|just to let you know|to let you know|let you know|letting everyone know|let everyone know|wanted to let you know|informing|inform|this is to inform|this is to inform you|tell|there|ever|btw|basically|officially|really|very|quite|bit|little|finally|afraid|unfortunately|sadly|regret|well then|so sorry|sorry all|sorry for|sorry about|apologies for|late|details|intimation|full time|completely|totally|fully|entirely|then on|onwards|onward|on wards|straight|in a row|consecutive|continuous|with|have to|has to|got to|gotta|must|should|would|could|able|thing|one|it|that|this|there is|which|is|are|be|be taking|will be taking|work wise|from work|off work|my side|from my side|personal|personal work|personal reasons|personal reason|some|any|more|total|in total|in all|altogether|overall|type|category|kind|name|status|duration|length|number|no of days|number of days|noofdays|count|my name|employee|ofc|ahead|as normal|up|down|too many|approve|approved|pls mark|mark|pls note|do|does|these|those|luck|any luck|with any luck|hopefully|fingers crossed|god willing|inshallah|the following days|following days|following dates|the following dates|next following|myself|x|xx|s|ask|etc|eob|eod|cob|till eod|until eod|by eod|end of day|till end of day|until end of day|till the end of the day|inc|date range|period|time|am going|to be|be there|as i will|week of|into|both are|calendar|in advance|advance|beforehand|lads|ladies|peeps|mates|everyone|everybody|al|ppl|friends|tho|tbh|guess|think|believe|looks like|seems|sure|officially|only one|dates|yesterday itself|itself|entire|whole|rest|remaining|full|long|short|quick",
    ),
];
