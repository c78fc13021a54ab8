"""Households in words, and what a person who knows the law's order of benefits would say.

Written from the rules of priority and exclusion, not from what the program answered. Each story:
a sentence, answers, what may fit in this order (all that may fit), what cannot be told (some),
what rather not (some). Answers that are not named are those of `PLAIN`.
"""

from typing import Any

PLAIN: dict[str, Any] = {
    "age": "25_limit", "work": "yes", "learning": "none", "job": "yes", "partner": False,
    "children": False, "pregnant": False, "home": "rent", "arrears": False, "moving": False,
    "income": "not", "savings": "little", "debts": False,
}  # fmt: skip
Story = tuple[str, dict[str, Any], list[str], list[str], list[str]]

BG, HLU, GA, GE = (
    "buergergeld", "hilfe-zum-lebensunterhalt", "grundsicherung-im-alter",
    "grundsicherung-bei-erwerbsminderung",
)  # fmt: skip
WG, KIZ, KG, UV, ALG = (
    "wohngeld", "kinderzuschlag", "kindergeld", "unterhaltsvorschuss", "arbeitslosengeld",
)  # fmt: skip
BUT, WBS, EM, BAF, BAB = (
    "bildung-und-teilhabe", "wohnberechtigungsschein", "erwerbsminderungsrente", "bafoeg",
    "berufsausbildungsbeihilfe",
)  # fmt: skip
HELP, DEBT, KITA, TV = (
    "wohnungssicherung", "schuldnerberatung", "ermaessigung-kita-beitrag", "rundfunkbeitrag",
)  # fmt: skip
CARE, HZP, EGH, BLIND, DEAF, CARD = (
    "leistungen-der-pflegeversicherung", "hilfe-zur-pflege", "eingliederungshilfe", "blindengeld",
    "hilfe-fuer-gehoerlose", "schwerbehindertenausweis",
)  # fmt: skip
EG, MG, MUKI = "elterngeld", "mutterschaftsgeld", "bundesstiftung-mutter-und-kind"

STORIES: list[Story] = [
    (
        "A single worker whose wage is not enough to live on",
        {},
        [BG],
        [WG],
        [HLU, GA, GE, KIZ, ALG],
    ),
    (
        "A single worker for whom only the rent is too much",
        {"income": "tight"},
        [WG],
        [BG],
        [HLU, GA, GE],
    ),
    ("A single worker with enough money", {"income": "enough"}, [], [], [BG, WG, HLU, GA, GE, BUT]),
    (
        "A single worker who does not know whether it is enough",
        {"income": "unknown"},
        [],
        [WG, BG],
        [HLU],
    ),
    ("Not enough to live on, but large savings", {"savings": "much"}, [], [], [BG, WG, HLU, GA]),
    ("Not enough, some savings", {"savings": "some"}, [], [WG, BG], [HLU]),
    ("Rent too high, some savings", {"income": "tight", "savings": "some"}, [WG], [BG], [HLU]),
    ("Lost the job, not enough to live on", {"job": "lost"}, [ALG, BG], [WG], [HLU]),
    ("Lost the job, rent too much", {"job": "lost", "income": "tight"}, [ALG, WG], [BG], [HLU]),
    ("Without work for long, not enough", {"job": "none"}, [BG], [WG], [ALG, HLU]),
    (
        "A pensioner whose pension is not enough",
        {"age": "limit", "receives": ["pension"]},
        [GA],
        [WG],
        [BG, HLU, GE, EM],
    ),
    (
        "A pensioner for whom the rent is too much",
        {"age": "limit", "income": "tight", "receives": ["pension"]},
        [WG],
        [GA],
        [BG, HLU, GE],
    ),
    ("A pensioner with enough", {"age": "limit", "income": "enough"}, [], [], [GA, WG, BG]),
    ("A pensioner with large savings", {"age": "limit", "savings": "much"}, [], [], [GA, WG]),
    (
        "A pensioner who receives basic support: no housing benefit on top",
        {"age": "limit", "receives": ["grundsicherung"]},
        [TV],
        [],
        [WG, BG, HLU],
    ),
    (
        "A pensioner in a care home",
        {"age": "limit", "home": "facility", "health": ["care"]},
        [CARE, GA, HZP],
        [WG],
        [BG],
    ),
    (
        "Permanently unable to work, not enough",
        {"work": "never", "job": "none"},
        [GE],
        [EM, WG],
        [BG, HLU, GA],
    ),
    (
        "Permanently unable to work, rent too much",
        {"work": "never", "job": "none", "income": "tight"},
        [WG],
        [EM, GE],
        [BG, HLU, GA],
    ),
    (
        "Unable to work for now, alone",
        {"work": "not_now", "job": "none"},
        [HLU],
        [EM, WG, BG],
        [GE, GA],
    ),
    (
        "Unable to work for now, with a partner",
        {"work": "not_now", "job": "none", "partner": True},
        [],
        [HLU, BG, EM],
        [GE, GA],
    ),
    (
        "Does not know about being able to work",
        {"work": "unknown", "job": "none"},
        [],
        [BG, HLU, GE, EM, WG],
        [GA],
    ),
    (
        "Receives Bürgergeld: no housing benefit, no assistance on top",
        {"receives": ["buergergeld"]},
        [TV],
        [],
        [WG, HLU, GE],
    ),
    (
        "Receives Bürgergeld, has children at school",
        {
            "receives": ["buergergeld", "kindergeld"],
            "children": True,
            "child_ages": ["6_17"],
            "partner": True,
        },
        [BUT, TV],
        [],
        [WG, KIZ, HLU, UV],
    ),
    (
        "Receives basic support with reduced capacity",
        {"work": "never", "job": "none", "receives": ["grundsicherung"]},
        [TV],
        [EM],
        [WG, BG, HLU],
    ),
    (
        "Receives assistance with living costs",
        {"work": "not_now", "job": "none", "receives": ["hlu"]},
        [TV],
        [EM],
        [WG, GE],
    ),
    (
        "Asylum seeker: no Bürgergeld, no social assistance, no housing benefit",
        {"receives": ["asylblg"]},
        [TV],
        [],
        [BG, HLU, WG],
    ),
    ("Old asylum seeker", {"age": "limit", "receives": ["asylblg"]}, [TV], [], [GA, BG, WG]),
    (
        "Single parent without maintenance, not enough",
        {"children": True, "child_ages": ["3_5"], "maintenance": "no"},
        [KG, UV, BG, KITA],
        [WG, KIZ, BUT],
        [HLU, EG],
    ),
    (
        "Single parent with maintenance, rent too much",
        {"children": True, "child_ages": ["6_17"], "maintenance": "yes", "income": "tight"},
        [KG, WG, KIZ],
        [BUT, BG],
        [UV, HLU],
    ),
    (
        "Working couple with children, tight",
        {
            "partner": True,
            "children": True,
            "child_ages": ["6_17"],
            "income": "tight",
            "receives": ["kindergeld"],
        },
        [WG, KIZ],
        [BUT, BG],
        [UV, HLU, EG],
    ),
    (
        "Couple with children and enough money",
        {
            "partner": True,
            "children": True,
            "child_ages": ["6_17"],
            "income": "enough",
            "receives": ["kindergeld"],
        },
        [],
        [],
        [WG, KIZ, BG, BUT, UV],
    ),
    (
        "Receives housing benefit, child in day care",
        {
            "partner": True,
            "children": True,
            "child_ages": ["3_5"],
            "income": "tight",
            "receives": ["kindergeld", "wohngeld"],
        },
        [KIZ, BUT, KITA],
        [BG],
        [UV, HLU],
    ),
    (
        "Only a grown-up child at home, alone",
        {"children": True, "child_ages": ["18_24"], "maintenance": "no"},
        [KG, BG],
        [WG, BUT],
        [UV, KITA],
    ),
    (
        "Expecting a child, working, not enough",
        {"pregnant": True},
        [MG, EG, BG, MUKI],
        [KG, WG],
        [UV, KIZ],
    ),
    (
        "Expecting a child, enough money",
        {"pregnant": True, "income": "enough", "partner": True},
        [MG, EG],
        [KG],
        [BG, WG, MUKI],
    ),
    (
        "A baby at home, enough money",
        {"partner": True, "children": True, "child_ages": ["under_3"], "income": "enough"},
        [KG],
        [EG],
        [BG, WG, UV, KITA],
    ),
    (
        "A student living alone, not enough",
        {"age": "18_24", "learning": "study"},
        [BAF],
        [],
        [BG, WG, HLU, BAB],
    ),
    (
        "A student with a child, rent too much",
        {
            "learning": "study",
            "children": True,
            "child_ages": ["under_3"],
            "maintenance": "no",
            "income": "tight",
        },
        [KG, UV, BAF, KIZ],
        [WG, EG],
        [BG],
    ),
    (
        "A trainee living alone",
        {"age": "18_24", "learning": "training"},
        [BAB, BG],
        [WG],
        [BAF, HLU],
    ),
    (
        "A trainee who receives training assistance",
        {"age": "18_24", "learning": "training", "receives": ["bafoeg"]},
        [BG, TV],
        [WG],
        [BAF],
    ),
    (
        "A pupil below 18",
        {"age": "under_18", "learning": "school", "job": "none"},
        [],
        [BAF, BG, BUT],
        [GA, GE, ALG],
    ),
    ("Eviction threatens, not enough to live on", {"arrears": True}, [HELP, BG], [WG], [HLU]),
    (
        "Without a fixed home, without work",
        {"home": "none", "job": "none"},
        [HELP, BG],
        [],
        [WG, HLU],
    ),
    (
        "Debts, but enough to live on",
        {"debts": True, "income": "enough"},
        [DEBT],
        [],
        [BG, WG, HELP],
    ),
    (
        "Looks for a flat, rent too much",
        {"moving": True, "income": "tight"},
        [WG, WBS],
        [BG],
        [HLU],
    ),
    (
        "Blind, enough money: no means test",
        {"health": ["blind"], "income": "enough"},
        [EGH, BLIND, CARD],
        [TV],
        [BG, WG, DEAF],
    ),
    (
        "Deaf, rent too much",
        {"health": ["deaf"], "income": "tight"},
        [WG, EGH, DEAF, CARD],
        [BG, TV],
        [BLIND, HLU],
    ),
    (
        "Needs care at home, enough money",
        {"age": "limit", "health": ["care"], "income": "enough"},
        [CARE],
        [TV],
        [HZP, GA],
    ),
    (
        "Needs care at home, not enough",
        {"age": "limit", "health": ["care"]},
        [CARE, GA, HZP],
        [WG, TV],
        [BG],
    ),
    (
        "In an institution, below retirement age, able to work",
        {"home": "facility"},
        [],
        [WG, HLU],
        [BG, GE],
    ),
]
