"""Fixes of strata, clusters, replicate weights and refusals."""

from tests.fixes import WIDE, Case, rows

SMALL = rows(
    "vote h c w N r1 r2",
    "A 1 1 1 10 2 0",
    "B 1 2 1 10 0 2",
    "A 1 3 2 10 2 0",
    "B 2 4 1 8 2 0",
    "A 2 5 1 8 0 2",
    "B 2 5 1 8 0 2",
)
STATED = {"strata": "h", "cluster": "c", "weight": "w"}
REPLICATES = {"columns": "r*", "method": "brr"}
NESTED = {**SMALL, "c": ["1", "2", "3", "1", "2", "2"]}
LONELY = {**SMALL, "c": ["1", "2", "3", "4", "4", "4"]}

STAGES = rows(
    "vote c u w N M",
    "A 1 1 1 10 4",
    "B 1 2 2 10 4",
    "A 2 1 3 10 8",
    "A 2 2 4 10 8",
)
BOTH = {"cluster": "c", "fpc": "N", "cluster2": "u", "fpc2": "M", "weight": "w"}

RAKED = rows("vote s g", "A f x", "B f y", "A m x", "B m y", "A f y", "B m x", "A m y", "B f x")
SEXES = {"f": 0.51, "m": 0.49}
BY_PART = {"x": {"s": SEXES}, "y": {"s": {"f": 0.4, "m": 0.6}}}
STEPS = rows("vote s g", "A f x", "B m y", "A f x", "B m y")

MANY = 4_002  # clusters

CASES = [
    Case(
        "where every stratum numbers its clusters anew, state nest = true; else correct the rows",
        {"goals": {"data": NESTED, **STATED}},
        {"goals": {"nest": True}},
        right=lambda study: study.goals.clusters.tolist() == [5],
    ),
    Case(
        'join it with a similar stratum, or state lonely = "adjust" (it adds its square from the '
        'mean of all), lonely = "average" (the mean of the other strata), lonely = "remove" or '
        'lonely = "certainty" (nothing: it was sampled for sure)',
        {"goals": {"data": LONELY, **STATED}},
        {"goals": {"lonely": "adjust"}},
    ),
    Case(
        "leave fpc out where clusters were drawn with replacement, or are a small part of all",
        {"goals": {"data": {**SMALL, "N": ["2"] * 3 + ["8"] * 3}, **STATED, "fpc": "N"}},
        {"goals": {"fpc": None}},
    ),
    Case(
        "add a column of weights, size of the stratum over number sampled, and name it as weight",
        {"goals": {"data": SMALL, "strata": "h", "cluster": "c", "fpc": "N"}},
        {"goals": {"weight": "w"}},
    ),
    Case(
        "leave cluster2 and fpc2 out where units of clusters were drawn with replacement",
        {"goals": {"data": {**STAGES, "M": ["1", "1", "2", "2"]}, **BOTH}},
        {"goals": {"cluster2": None, "fpc2": None}},
        right=lambda study: study.goals.clusters.tolist() == [2],
    ),
    Case(
        "add a column of weights, fpc / clusters sampled * fpc2 / units sampled, and name it as "
        "weight",
        {"goals": {"data": {**STAGES, "M": ["4", "4", "8", "8"]}, **BOTH, "weight": None}},
        {"goals": {"weight": "w"}},
        right=lambda study: "both stages" in study.goals.design.method,
    ),
    Case(
        'state lonely = "adjust" (such a unit adds its square) or lonely = "remove" (nothing), or '
        "leave cluster2 and fpc2 out",
        {"goals": {"data": {**STAGES, "u": ["1", "1", "1", "2"]}, **BOTH}},
        {"goals": {"lonely": "adjust"}},
    ),
    Case(
        "leave small populations out with where, or merge them",
        {
            "goals": {
                "data": {**SMALL, "r1": ["2", "0", "2", "0", "0", "0"]},
                "population": "h",
                "weight": "w",
                "replicates": REPLICATES,
            }
        },
        {"goals": {"where": {"h": "1"}}},
    ),
    Case(
        "name the columns of replicate weights, each once; or leave replicates out",
        {
            "goals": {
                "data": {**SMALL, "r2": SMALL["r1"]},
                "weight": "w",
                "replicates": REPLICATES,
            }
        },
        {"goals": {"replicates": None}},
        right=lambda study: study.goals.design is None,
    ),
    Case(
        "leave it out, or state a model that takes it: 'single-choice'; what it does to the "
        "variance of P(ma) may be stated as deff = 1.5",
        {
            "goals": {
                "model": "multi-select",
                "data": SMALL,
                "split": ";",
                "weight": "w",
                "replicates": REPLICATES,
            }
        },
        {"goals": {"replicates": None, "deff": 1.5}},
    ),
    Case(
        "leave it out, or state a model that takes it, such as 'single-choice'",
        WIDE(data=rows("r s h", "A A 1", "B A 1", "B B 2"), raters=["r", "s"], strata="h"),
        {"goals": {"strata": None}},
    ),
    Case(
        'state it, as in replicates = { columns = "rep_*", method = "brr" }',
        {"goals": {"data": SMALL, "weight": "w", "replicates": {"columns": "r*"}}},
        {"goals": {"replicates": REPLICATES}},
    ),
    Case(
        "correct one of the rows; a cluster is what several agents have in common",
        WIDE(
            data=rows("id who says c", "1 r A x", "1 s A y", "2 r B y", "2 s B y"),
            raters=None,
            label="says",
            agent="id",
            rater="who",
            cluster="c",
        ),
        {
            "goals": {
                "data": rows("id who says c", "1 r A x", "1 s A x", "2 r B y", "2 s B y"),
            }
        },
    ),
    Case(
        "leave [refusals] out",
        {"problem_area": {"not_answers": ["refused"]}, "refusals": {"odds": [2]}},
        {"refusals": None},
    ),
    Case(
        "state not_asked = true if an empty cell is an agent who was asked and gave no answer",
        {"goals": {"data": {"vote": ["A", "B", ""]}}, "refusals": {"odds": [2]}},
        {"refusals": {"not_asked": True}},
    ),
    Case(
        "add the category that is missing, or correct a share",
        {"goals": {"data": RAKED}, "weights": {"rake": {"s": {"f": 0.51, "m": 0.29}}}},
        {"weights": {"rake": {"s": SEXES}}},
        right=lambda study: bool(study.goals.weighted),
    ),
    Case(
        "leave it out: where goal shares are known, there is nothing to estimate",
        {"goals": {"data": RAKED}, "weights": {"rake": {"vote": {"A": 0.5, "B": 0.5}}}},
        {"weights": None},
    ),
    Case(
        "leave categories out that nobody is in",
        {"goals": {"data": RAKED}, "weights": {"rake": {"s": {**SEXES, "d": 0.0}}}},
        {"weights": {"rake": {"s": SEXES}}},
    ),
    Case(
        "give categories the names that they have in the table, or add its share",
        {"goals": {"data": RAKED}, "weights": {"rake": {"s": {"f": 0.51, "male": 0.49}}}},
        {"weights": {"rake": {"s": SEXES}}},
    ),
    Case(
        "join the category with a similar one, in the table and in the margin",
        {
            "goals": {"data": RAKED},
            "weights": {"rake": {"s": {"f": 0.5, "m": 0.48, "d": 0.02}}},
        },
        {"weights": {"rake": {"s": {"f": 0.5, "m": 0.5}}}},
    ),
    Case(
        "join small categories, or leave a margin out",
        {"goals": {"data": STEPS}, "weights": {"rake": {"s": SEXES, "g": {"x": 0.4, "y": 0.6}}}},
        {"weights": {"rake": {"s": SEXES}}},
    ),
    Case(
        "leave out with where those of whom it is not known, or weight without it",
        {
            "goals": {"data": {**RAKED, "s": ["f", "m"] * 3 + ["f", ""]}},
            "weights": {"rake": {"s": SEXES}},
        },
        {"goals": {"where": {"s": {"not": ""}}}},
    ),
    Case(
        "state it once",
        {"goals": {"data": RAKED, "rake": {"s": SEXES}}, "weights": {"rake": {"s": SEXES}}},
        {"weights": None},
    ),
    Case(
        "join categories, or state weights that are raked already, with replicates",
        {
            "goals": {
                "data": {
                    "vote": ["A", "B"] * (MANY // 2),
                    "s": ["f", "m"] * (MANY // 2),
                    "c": [str(i) for i in range(MANY)],
                },
                "cluster": "c",
            },
            "weights": {"rake": {"s": SEXES}},
        },
        {"weights": None},
    ),
    Case(
        "state population, or one set of margins for all",
        {"goals": {"data": RAKED}, "weights": {"rake": BY_PART}},
        {"goals": {"population": "g"}},
        right=lambda study: study.goals.populations == ("x", "y"),
    ),
    Case(
        "state its margins too, or leave the population out with where",
        {
            "goals": {"data": RAKED, "population": "g"},
            "weights": {"rake": {"x": {"s": SEXES}}},
        },
        {"weights": {"rake": BY_PART}},
    ),
    Case(
        "add the margin that a population lacks, or leave it out of the others",
        {
            "goals": {"data": {**RAKED, "t": RAKED["s"]}, "population": "g"},
            "weights": {"rake": {"x": {"s": SEXES}, "y": {"s": SEXES, "t": SEXES}}},
        },
        {"weights": {"rake": {name: {"s": SEXES, "t": SEXES} for name in ("x", "y")}}},
    ),
]

TENFOLD = {**SMALL, "w": ["10"] * 6}  # whose r1 and r2 are factors
WHOLE = {**TENFOLD, "r1": ["20", "0"] * 3, "r2": ["0", "20"] * 3}
AGES, SEXES_OF = ["18-29", "30-64", "65+"] * 2, ["f"] * 3 + ["m"] * 3
CELLS = {
    "model": "poststratified",
    "data": {"vote": ["A", "B"] * 3, "age": AGES, "sex": SEXES_OF},
    "covariates": ["age", "sex"],
    "table": {"age": AGES, "sex": SEXES_OF, "n": [3, 4, 2, 5, 4, 1]},
}
CAUTIONS = [
    (
        "name the column with the number of people of a cell as size; if each row is a person, add "
        "persons who are alike up in it",
        {"goals": CELLS},
        {"goals": {"size": "n"}},
    ),
    (
        "if they are factors, state combined = false in replicates",
        {"goals": {"data": TENFOLD, "weight": "w", "replicates": REPLICATES}},
        {"goals": {"replicates": {"combined": False}}},
    ),
    (
        "if they are, leave combined out of replicates",
        {
            "goals": {
                "data": WHOLE,
                "weight": "w",
                "replicates": {**REPLICATES, "combined": False},
            }
        },
        {"goals": {"replicates": {"combined": None}}},
    ),
]
