//! Leave words, and parts of a day.

use super::Voice::{Absent, Soft, State, Thing};
use super::{Part, Tag};
use crate::leave::understanding::Category::{Sick, Vacation};

pub(super) const TABLE: &[(Tag, &str)] = &[
    // ---- leave ----
    (
        Tag::Leave(State, None),
        "on leave|on leaves|on lv|on a leave|on pto|ooo|o o o|oof|oooo|out of office|out of the office|out of ofc|out of offc|out of town|out of station|outstation
        |on personal leave|on planned leave|on emergency leave|on paid leave|on unpaid leave|on parental leave|on paternity leave|on maternity leave|on comp off
        |on bereavement leave|on compassionate leave|on long leave|on time off|on lop|on comp leave|on pl|on el|on cl|on a day off|on day off",
    ),
    (
        Tag::Leave(State, Some(Vacation)),
        "on vacation|on vacations|on annual leave|on holiday|on holidays|on hols|on casual leave|on earned leave|on privilege leave|on al|on vacay|on my holidays|on vaca|on my hols",
    ),
    (
        Tag::Leave(State, Some(Sick)),
        "out sick|off sick|calling in sick|call in sick|calling sick|called in sick|calling off sick|on sick leave|on sl|on medical leave|out ill|off ill|on a sick day|on sick
        |phoning in sick|off work sick|home sick|sick and off|off poorly|out with the flu|signed off sick|signed off work|signed off|signed off by the doctor|on sick day",
    ),
    (
        Tag::Leave(Thing, Some(Sick)),
        "as sick|as a sick day|as sick leave|as sl|sick leave|sick leaves|sl|sick day|sick days|medical leave|sickleave|sick lv|sick off|sickday|sick time|wellness day|mental health day|mental health leave|mental health days|mh day",
    ),
    (
        Tag::Leave(Thing, Some(Vacation)),
        "vacation|vacations|vacation day|vacation days|vacation leave|annual leave|annual leaves|al|casual leave|casual leaves|cl|cls|pl|privilege leave|privileged leave|earned leave|el|vacay|vaccation|vaction
        |annual holiday|a holiday|taking holiday|take holiday|book holiday|booked holiday|days holiday|day holiday|restricted holiday|floating holiday|optional holiday|floater|floater leave|rh
        |days of holiday|some holiday|my holiday|holiday leave|weeks holiday|week holiday|planned vacation|birthday leave|anniversary leave|holiday request|request holiday|as holiday|as a holiday|holiday|hol|hols|as annual leave|as vacation|as annual",
    ),
    (
        Tag::Leave(Thing, None),
        "go on leave|leave|leaves|leav|leve|lv|pto|ptos|p t o|time off|day off|days off|dayoff|day of leave|days of leave|day leave|days leave|day pto|days pto|day of pto|days of pto|week off|weeks off|timeoff|few days off
        |comp off|compoff|comp offs|comp leave|compensatory off|comp day|personal day|personal days|personal leave|planned leave|emergency leave|paternity leave|maternity leave|parental leave|bereavement leave
        |compassionate leave|unpaid leave|paid leave|paid time off|leave without pay|lwp|lop|sabbatical|flex day|duvet day|weekly off|day in lieu|toil|a week leave|marriage leave|wedding leave|study leave|exam leave
        |days off work|day off work|time away|full day leave|full day off|one day leave|leave day|leave days|leave of absence|leave request|leave application|off day|off days|pto day|pto days|unplanned leave|jury duty|leaves request|my off",
    ),
    (
        Tag::Leave(Thing, None),
        "offs|religious leave|carers leave|carer leave|dependant leave|dependants leave|adoption leave|a leave|afternoon leave|leave for the day off|moving day|mat leave|pat leave|family leave|fmla|as leave|as pto|as a day off|as leaves|as my leave|as time off|as my pto|as a leave|leave type|type of leave|leave details|leave update|leave plan|leave plans|my leave plan|leave alert|leave notice|leave intimation",
    ),
    (
        Tag::Leave(State, None),
        "taking the day off|take the day off|the day off|the day out|off for the day|out for the day|out rest of the day|off the day|off work|away from work|not at work|the whole day off|the full day off|whole day off
        |unavailable for the day|away for the day|rest of the day off|off for the rest of the day|out for the rest of the day|the rest of the day off|off rest of the day|off the rest of the day|the day as leave|the day as pto|the day as sick|leave for the day|the day leave",
    ),
    (
        Tag::Leave(Absent, None),
        "wont be in|wont be coming in|wont be coming|wont be working|wont work|wont come in|wont come|wont be able to work|wont be able to come|wont be able to come in|wont be able to make it|wont make it|wont make it in|wont be available|wont be around|wont be at work|wont be online|wont be in office|wont be in the office
        |wont be coming to office|wont be coming to work|wont be joining work|wont be attending office|wont be reporting|wont be coming into work|wont be on slack|wont be there|wont be able to join work|wont be able to attend office|wont be able to log in|wont be logging in|wont log in|wont login
        |not coming in|not coming|not coming to office|not coming to work|not coming to the office|not coming into work|not working|not in|not available|not be available|not available for work|not be available for work|not be in|not be working|not be coming in|not be coming|not going to be in|not gonna be in|not going to make it in|not making it in|not around|not be around|not going to be available|not going to be around|not going to work|not going to be working|not gonna work
        |cant come in|cant come|cant come to work|cant come to office|cant work|cant make it in|cant make it to work|cant make it to office|cant make it to the office|cant be in|cannot work|cannot come in|cannot come|cannot come to office|cannot come to work|cannot make it in|unable to work|unable to come in|unable to come|unable to come to office|unable to come to work|unable to make it in|unable to make it|cant make it|cannot make it|cant log in|unable to log in|cant attend office|cannot attend office|unable to attend office
        |couldnt come in|couldnt come|couldnt work|couldnt make it in|couldnt make it|couldnt come to office|couldnt come to work|couldnt attend office|could not come in|could not come|could not work|could not attend office|could not make it|couldnt log in|could not log in|couldnt login
        |didnt come in|didnt come|didnt work|wasnt in|was not in|wasnt working|wasnt at work|did not work|did not come in|did not come|did not come to office|didnt come to office|didnt make it in|was not available|wasnt available|wasnt around|was not around|was not working|was absent|wasnt able to work|wasnt able to come|was unable to work|was unable to come|did not attend office|didnt log in|did not log in
        |dont come in|do not come in|dont come to work|dont come to office|wont be available for work|will not be available for work|absent|will be absent|skip work|skipping work|be absent|not reporting|not reporting to work|taking off|take off|taken off|took off|no work for me|not logging in|wont be attending work|not be online|not be reachable at work|shall not be available|will not be available|will not be in|will not be working|will not be coming|will not be coming in|will not come|will not be coming to office|will not work|will not be around|will not be able to come|will not be able to work|will not be able to come in|will not be able to attend office|will not be able to make it|not able to come|not able to work|not able to come in|not able to come to office|not able to make it|dont count on me|not be able to work|not be able to come in|not be able to come|not be able to make it in|wont be able to attend office|unavailable for work|not online|not joining work|wont be joining|dont expect me|dont expect me in|wont be making it in|not be making it in",
    ),
    (
        Tag::Leave(Soft, None),
        "am gone|be gone|off|out|away|unavailable|offline|not reachable|unreachable|ofline|un available|afk",
    ),
    (
        Tag::HalfDay(Part::Half),
        "half day|half days|halfday|half a day|half a day leave|half day leave|half day leaves|half day off|half a day off|a half day|half day pto|half a day of pto|half day of leave|half a day of leave|half leave|half day vacation|half a day annual leave|half a day of annual leave|half day annual leave|hd|half pto|half day of pto|half day only|half of the day off|half a day pto|half day holiday|half day cl|half day pl|half day el|half off|haf day|hlf day|half dy|hald day|halfdays",
    ),
    (
        Tag::HalfDay(Part::Morning),
        "first half day|1st half day|half day am|half day morning|morning half day|half day first half|half day 1st half|half day in the morning|half day in the first half|half day in first half|half day in the am|half day for first half",
    ),
    (
        Tag::HalfDay(Part::Afternoon),
        "second half day|2nd half day|half day pm|half day afternoon|afternoon half day|half day second half|half day 2nd half|half day in the afternoon|half day in the second half|half day in second half|half day in the pm|half day after lunch|half day post lunch|half day from lunch|half day for second half|half day second",
    ),
    // ---- parts of a day ----
    (
        Tag::Part(Part::Morning),
        "morning|mornings|the morning|in the morning|this morning|first half|1st half|fh|a m|forenoon|till lunch|until lunch|till lunchtime|until lunchtime|til lunch|upto lunch|up to lunch|before lunch|before noon|till noon|until noon|til noon|before midday|until midday|till midday|till mid day|first half of the day|1st half of the day|half am|am half|morning half|firsthalf|first hlf|pre lunch|prelunch|morn|mrng|mrning|mornin|morning session|am only|first part of the day|early half|till after lunch|until after lunch|till lunch time|until lunch time|till 1st half|till first half|by noon|forenoon session|first haf|1st haf|a m half|first 1 2|morning shift",
    ),
    (
        Tag::Part(Part::Afternoon),
        "afternoon|afternoons|the afternoon|in the afternoon|this afternoon|second half|2nd half|sh|pm|p m|post lunch|after lunch|postlunch|afterlunch|evening|evenings|in the evening|this evening|aft|afternoon half|half pm|pm half|second half of the day|2nd half of the day|secondhalf|after noon|after midday|post noon|from noon|from lunch|from midday|from lunchtime|arvo|eve|post lunch half|post lunch session|latter half|later half|other half|from lunch onwards|from noon onwards|afternoon session|from lunch on|after lunchtime|post lunchtime|2nd haf|second haf|aftn|aftnoon|afternon|last half|pm only|rest of the afternoon|after 1st half|after first half|post first half|post 1st half",
    ),
    (
        Tag::Part(Part::Half),
        "half of|half|half the day",
    ),
    (
        Tag::Part(Part::Full),
        "full day|full days|fullday|both halves|whole day|all day|full|entire day|the whole day|both halfs|complete day|the full day|the entire day|full day only|whole day only",
    ),
];
