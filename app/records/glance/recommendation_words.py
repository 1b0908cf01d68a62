"""The words by which a report recommends what is to be done next, in English and Korean: data, not rules."""

import re
from collections.abc import Mapping

_I = re.IGNORECASE

CUE = re.compile(
    r"\brecommend(?:s|ed|ation|ing)?\b|\bsuggest(?:s|ed|ion)?\b(?!\s*(?:of|ing|ive)\b)|\badvis(?:e|ed|able)\b"
    r"|\badvocated\b|\bconsider(?:ed|ation)?\b(?! to be)|\bwarrant(?:s|ed)?\b"
    r"|\bindicated\b|\bplease\b|\bought to\b"
    r"|\bshould (?:be|have|undergo|get|receive|return)\b|\bneeds? (?:a|an|to|follow|repeat"
    r"|further)\b|\brequir(?:es?|ed|ing)\b"
    r"|\b(?:is|are) (?:needed|necessary|due)\b|\b(?:can|may|could|to) be (?:followed"
    r"|re-?evaluated|re-?assessed|repeated|rechecked|obtained|performed|considered)\b"
    r"|\b(?:may|would|could) be (?:helpful|useful|beneficial|of benefit|appropriate)\b"
    r"|\bwould (?:help|be)\b|\bplan for\b"
    r"|\b(?:obtain|schedule|arrange|repeat|re-?evaluate|re-?image|re-?assess|recheck)\b(?!\w)"
    r"|권\s*고|권\s*유|권\s*장|권\s*함|권합니다|추\s*천|요망|바람(?:\s|\.|$|직)|바랍니다"
    r"|필요(?:함|합니다|하며|하다|로|\s|\.|,|$)|요함|요합니다|고려"
    r"|시행(?:하|해|할|요)|하십시오|하시(?:기|길)|재검|예정",
    _I,
)
"""What says that something ought to be done."""

FOLLOW = re.compile(
    r"\bfollow(?:ed|ing)?[- ]?(?:up)\b|\bf/?u\b|\bsurveillance\b|\brepeat(?:ed)?\b"
    r"|\bre-?(?:imag\w+|scan\w*|check\w*|evaluat\w+|assess\w*|screen\w*)"
    r"|\bfurther (?:imaging|evaluation|characteri[sz]ation|work-?up|assessment)\b"
    r"|\bmonitor(?:ing|ed)?\b|\bscreening\b|\binterval imaging\b|\bimaging\b"
    r"|추\s*적|추후|재\s*검|경과\s*(?:관찰|검사)|추가\s*(?:검사|영상|평가)|정밀\s*검사",
    _I,
)
"""What says that it is to look again."""

PROCEDURES: Mapping[str, re.Pattern[str]] = {
    "biopsy": re.compile(
        r"\bbiops(?:y|ies)\b|\btissue (?:sampling|diagnosis|confirmation)\b|\bFNA[BC]?\b"
        r"|\bfine[- ]needle\b|\bhistolog\w+|조직\s*검사|생\s*검|세침\s*흡인",
        _I,
    ),
    "endoscopy": re.compile(r"\b\w+oscop(?:y|ic|ies)\b|\bEGD\b|내시경", _I),
}
"""What is not a picture and may be asked for as well."""

CONDITION = re.compile(
    r"\bif\b(?! not (?:already|previously|yet|recently))(?! no )|\bunless\b|\bin (?:case"
    r"|the event) of\b|\bdepending on\b|\bshould (?:symptoms|there|he|she|the patient)\b"
    r"|\bwhen (?:clinically|symptom)\w*|\bas (?:clinically )?(?:indicated|needed|warranted"
    r"|necessary|appropriate)\b"
    r"|(?:필요|지속|의심|악화|발생|호소|재발|증상|있을|변화|증가)\s*시(?=\s|에|,|엔)|경우"
    r"|(?:되|하|이|있|없|라|으|심하|크)면(?=\s|,)|임상적으로\s*(?:필요|의심)",
    _I,
)
"""What says that it depends on something that is not known yet."""

DENIED = re.compile(
    r"\b(?:no|without|not|never|nor|neither|negative)\b[^.;:]{0,60}?\b(?:follow[- ]?up"
    r"|f/?u|further (?:imaging|evaluation|work-?up|assessment|characteri[sz]ation)|imaging"
    r"|surveillance|"
    r"repeat\w*|biops\w+|recommend\w*|necessary|needed|required?|requires|indicated"
    r"|warranted|advis\w+|suggest\w*|CT|MRI|ultrasound)\b"
    r"|\b(?:does|do|did) not (?:need|require|warrant)\b|\b(?:follow[- ]?up|imaging|biopsy"
    r"|surveillance|evaluation|CT|MRI|ultrasound)\b[^.;:]{0,40}\b(?:is|are|was) (?:not"
    r"|un)\s*(?:necessary|needed|required|indicated|recommended|warranted|advised)?"
    r"|\b(?:unnecessary|unwarranted|declined|refused|deferred)\b|\bobviat\w+"
    r"|\bcan be (?:stopped|discontinued)\b|\bdiscontinu\w+"
    r"|불\s*필요|필요\s*(?:는|가|치)?\s*(?:없|않)|필요하지\s*(?:는\s*)?않|요하지\s*않"
    r"|요\s*없|권(?:고|장|유)?(?:하|되)지\s*(?:는\s*)?않|권고\s*(?:사항)?\s*없"
    r"|고려하지\s*않|하지\s*않아도|않아도\s*(?:됨|된|되|무방)|추적\s*(?:검사"
    r"|관찰)?\s*(?:은|는)?\s*없|종료",
    _I,
)
"""What says that it need not be done."""

PAST = re.compile(
    r"^\s*(?:clinical )?(?:history|indications?|techniques?|comparisons?|reason)\b|\byear-old\b|"
    r"\b(?:previously|prior|earlier|already|initially"
    r"|originally)\s+(?:been\s+)?(?:recommended|suggested|advised|requested)"
    r"|\b(?:recommended|suggested|advised|requested)\s+(?:on|in|at|by"
    r"|from)\s+(?:the\s+)?(?:prior|previous|last|earlier|\d)"
    r"|\bas (?:was |previously )?(?:recommended|suggested|advised)\b"
    r"|\b(?:was|were|has been|have been|had been)\s+(?:\w+\s+)?(?:performed|done|obtained"
    r"|completed|acquired|recommended|suggested|advised|repeated)"
    r"|\bago\b|\b(?:presents|presenting|presented|returns|returning|here|referred|seen"
    r"|comes?|undergoing|scheduled|status post|s/p)\b[^.;]{0,40}\b(?:follow|surveillance"
    r"|f/?u|repeat|screening)"
    r"|\bhistory of\b|(?<!attention )\bon (?:the )?(?:follow[- ]?up|repeat|subsequent|surveillance)\b"
    r"|\b(?:this|today's|current|present)\s+(?:is\s+(?:a|an)\s+)?(?:\w+[- ])?(?:follow"
    r"|surveillance|repeat|screening)"
    r"|\bcompar(?:ed|ison|ing)\b|\bsince\b|\b(?:for"
    r"|as)\s+(?:the\s+)?(?:recommended\s+)?(?:follow[- ]?up|surveillance"
    r"|routine follow)\s+of\b"
    r"|\bfollow[- ]?up (?:of|for|to|after|from)\s+(?:known|previously|prior|treated|his"
    r"|her|the|a|an|lung|liver|nodule|cancer|\d)"
    r"|\b(?:per|according to)\s+(?:the\s+)?(?:prior|previous|outside)"
    r"|(?:개월|달|년|주|일)\s*전|이전\s*(?:검사|CT|MRI|판독)[^.]{0,20}권|시행(?:함|됨|하였"
    r"|했|받|된|한)|권(?:고|유)?(?:했|하였|되었|된)|추적\s*(?:검사|관찰|CT|MRI)?\s*(?:상"
    r"|중|위해|위하여|목적|차)|비교|예정대로\s*시행",
    _I,
)
"""What says that it was done, or asked for, before."""

UNRELATED = re.compile(
    r"\bcorrelat\w+\b(?=[^.;]{0,25}\b(?:clinical|lab|history|exam|symptom|patholog|prior"
    r"|previous|outside|recommend|suggest|advis|is|are|$))|\bclinical\w* correlat\w+"
    r"|\bcompar(?:ison|e|ed)\b|\b(?:findings?|appearance|features?|these|this"
    r"|which)\s+(?:\w+\s+)?suggest|\bsuggest(?:s|ing|ive|ed)?\s+(?:of|that|a\b|an\b|the\b"
    r"|possible|malignan|benign|metasta|infect|pneumon|fract)"
    r"|\bgrew|\bgrown|\bincreas\w+ (?:in )?size|\bdecreas\w+ (?:in )?size"
    r"|\bconsidered\s+(?:benign|normal|malignant|stable|likely|indetermin)|\brequir(?:ed"
    r"|ing)\s+(?:oxygen|treatment|surgery|intubation)"
    r"|임상적\s*(?:상관|연관)|임상\s*소견과|비교가?\s*(?:필요|요)",
    _I,
)
"""What sounds alike and asks for no further look."""

STATED = re.compile(
    r"\b(?:has|have|had|is|are|was|were|shows?|showed|remains?|measures?|demonstrates?|appears?)\b", _I
)
"""What tells how something is: a part with it and without a cue recommends nothing."""

CONTRAST = re.compile(
    r"\s*(?:;|\bbut\b|\bhowever\b|\balthough\b|\bwhereas\b|\byet\b|\bthough\b|하지만"
    r"|그러나|다만|반면)\s*|(?<=으나)[, ]\s*|(?<=지만)[, ]\s*|(?<=없으며)[, ]\s*"
    r"|(?<=하나)[, ]\s*",
    _I,
)
"""Where what is said turns round."""

NUMBERS: Mapping[str, float] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18, "twenty-four": 24,
    "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일": 1,
    "이": 2, "삼": 3, "육": 6,
}  # fmt: skip
DAYS: Mapping[str, float] = {
    "day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7, "wk": 7, "wks": 7, "w": 7, "month": 30.44,
    "months": 30.44, "mo": 30.44, "mos": 30.44, "mon": 30.44, "m": 30.44, "year": 365.25, "years": 365.25,
    "yr": 365.25, "yrs": 365.25, "y": 365.25,
    "일": 1, "주": 7, "주일": 7, "개월": 30.44, "달": 30.44, "년": 365.25,
}  # fmt: skip
"""How many days each unit of time is."""
