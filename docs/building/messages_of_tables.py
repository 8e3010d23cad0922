"""Messages about files, columns, labels, numbers and agents."""

from collections.abc import Sequence

from building.message import Message, goals, table

VOTES = table("id vote; 1 A; 2 B; 3 C")

FILES: Sequence[Message] = (
    goals(
        "A file that is not there",
        "The path is read from the folder of the study file. If the name is nearly that of a file "
        "there, the message proposes it.",
        {"votes.csv": "vote\nA\n"},
        data="vote.csv",
    ),
    goals(
        "Another separator",
        "Programs in many languages write semicolons, because the comma is their decimal mark. "
        "Say which mark separates cells, and which is the decimal mark.",
        {"votes.csv": "vote;w\nA;1,5\nB;0,5\n"},
        data="votes.csv",
        weight="w",
    ),
    goals(
        "Another encoding",
        "Files of Windows programs are often in cp1252, files of old Mac programs in mac-roman. "
        "Name the encoding, and look at the labels: a wrong one changes letters and says nothing.",
        {"votes.csv": "vote\nGr\u00fcne\n".encode("cp1252")},
        data="votes.csv",
    ),
    goals(
        "A row with too many or too few cells",
        "A cell that holds the separator has to stand between quotes. A short row often ends a "
        "table that was cut off while it was copied.",
        {"votes.csv": "id,vote\n1,A\n2,B,C\n"},
        data="votes.csv",
    ),
    goals(
        "A title above the header",
        "Rows above the names of the columns are skipped by number. `skip_rows = 1` skips the "
        "first.",
        {"votes.csv": "Survey of May,\nid,vote\n1,A\n2,B\n"},
        data="votes.csv",
    ),
    goals(
        "Rows below the header that are no answers",
        "Qualtrics writes the texts of the questions, and ids of its own, below the header. Name "
        "the rows: a list of numbers, as a person counts them.",
        {
            "q.csv": 'ResponseId,vote\nResponse ID,Which plan?\n"{""ImportId"":""_recordId""}",'
            '"{""ImportId"":""QID1""}"\nR_1,A\nR_2,B\n'
        },
        data="q.csv",
    ),
    goals(
        "A file that is no table",
        "The content of a file is looked at, not only its name. A download that needs a login "
        "often saves the page that asks for it.",
        {"votes.csv": "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"},
        data="votes.csv",
    ),
    goals(
        "A file of R",
        'R writes Parquet and CSV. In `write.csv`, `na = ""` leaves missing cells empty.',
        {"votes.rds": b"X\n\x00\x00\x00\x03\x00\x04\x03\x00\x00\x03\x05\x00"},
        data="votes.rds",
    ),
)

COLUMNS: Sequence[Message] = (
    goals(
        "A column that is not there",
        "Names of columns are those of the header, with capital letters as they are there.",
        data=VOTES,
        goal="Vote",
    ),
    goals(
        "A column for each answer",
        "Districts, and options of a question, often have a column each. If cells are numbers of "
        "agents, `columns` says which column counts which goal.",
        data={"district": ["n", "s"], "A": ["30", "10"], "B": ["5", "7"], "C": ["8", "9"]},
        goal="vote",
    ),
    goals(
        "Columns that were exchanged",
        "The column that is named as the goal holds no goal, and another one holds nothing else.",
        data=table("vote w; A 1.5; B 0.5; C 1"),
        goal="w",
        weight="vote",
    ),
    goals(
        "Ids, numbers or free text in place of labels",
        "A column of goals has few different labels. A scale of numbers is sorted into labels "
        "before, or is read by `codes`.",
        data={"age": [str(18 + i) for i in range(40)]},
        goal="age",
    ),
    goals(
        "Several goals in one cell",
        "[multi-select](../how-to/several-goals.md) takes several goals of one agent. The other "
        "models take the question that asks for one, such as the most important.",
        data={"vote": ["A, B", "C", "A"]},
    ),
    goals(
        "A key that does not exist",
        "Unknown keys are refused, because a misspelt weight would otherwise be no weight.",
        wieght="w",
    ),
    Message(
        "A table of the study file that is missing",
        "A study says three things: what the goals are, who holds them, and how much they "
        "conflict. [Which model?](../which-model.md) leads from what you have to a model of each.",
        {"conflict": None},
    ),
)

LABELS: Sequence[Message] = (
    goals(
        "A label that is in no list",
        "Every answer is a goal, a label of `no_goal`, or one of `not_answers`: nothing is "
        "dropped in silence. Add the label to one of these lists.",
        data=table("id vote; 1 A; 2 B; 3 C; 4 Unsure"),
    ),
    goals(
        "Many labels that are in no list",
        'Write-in answers are taken together by `other = "Other"`, with `Other` among the goals.',
        data={"vote": ["A", "B", "C", "bikes", "buses", "trams"]},
    ),
    goals(
        "A label that is written in another way",
        "Capital letters, spaces at the end and different forms of an accent make different "
        "labels. They are not guessed to be the same, because sometimes they are not.",
        data={"vote": ["A", "b", "C "]},
    ),
    goals(
        "Codes in place of labels",
        'State what each code means, as in `codes = { 1 = "A", 2 = "B" }`. Files of SPSS and '
        "Stata bring their own labels.",
        data={"vote": ["1", "2", "3", "1"]},
    ),
    goals(
        "What R writes where nothing is",
        "A label `NA` might be a goal, Namibia say, so that it is missing only when the study "
        "says it.",
        data={"vote": ["A", "NA", "B", "C"]},
    ),
    goals(
        "An error of a spreadsheet",
        "A formula failed before the file was saved. Correct it there, or empty the cell.",
        data={"vote": ["A", "#N/A", "B", "C"]},
    ),
    goals(
        "A row of totals",
        "A total counts agents again who are counted above. Take the row out, or name the rows "
        "that count by `where`.",
        data=table("vote n; A 30; B 20; C 10; Total 60"),
        count="n",
    ),
    Message(
        "Two goals that a reader cannot tell apart",
        "Keep one way of writing in the study and in the data.",
        {"problem_area": {"goals": ["A", "a", "B", "C"]}},
    ),
)

NUMBERS: Sequence[Message] = (
    goals(
        "Decimal commas",
        "Say that the comma is the decimal mark, and write numbers without a separator of "
        "thousands.",
        {"votes.csv": "vote;w\nA;1,5\nB;0,5\nC;1\n"},
        data="votes.csv",
        separator=";",
        weight="w",
    ),
    goals(
        "Numbers in groups of three",
        "1,234 may be a thousand or one and a bit, so that it is not guessed.",
        {"votes.csv": 'vote,n\nA,"1,234"\nB,20\nC,9\n'},
        data="votes.csv",
        count="n",
    ),
    goals(
        "A negative weight",
        "Weights below zero are nearly always codes for missing. State them, and what follows "
        "says how to leave these rows out.",
        data=table("vote w; A 1; B 0.8; C -99"),
        weight="w",
    ),
    goals(
        "A weight that is not told",
        "How an answer without a weight counts is not known. Leave such rows out if the weights "
        "of the others are made to stand for all.",
        data={"vote": ["A", "B", "C"], "w": ["1", "", "0.7"]},
        weight="w",
    ),
    goals(
        "A number that is a missing code in R",
        'State `missing = ["NA"]`. It then holds for all columns.',
        data=table("vote w; A 1; B NA; C 0.7"),
        weight="w",
    ),
    goals(
        "Percentages where counts are wanted",
        "Percentages do not tell how many answered, so that nothing could be said of the "
        "uncertainty. The model [published](cards/published.md) takes them with the number asked.",
        data=table("vote percent; A 43.5; B 40.5; C 16"),
        count="percent",
    ),
    goals(
        "Whole percentages given as counts",
        "This is a caution: exactly a hundred may have answered. If so, say `n = 100`; if these "
        "are percentages, the interval is far too wide.",
        data=None,
        goal=None,
        counts={"A": 47, "B": 38, "C": 15},
    ),
    goals(
        "A column of whole numbers that nobody named",
        "Each row was read as one agent. If the numbers count agents, name the column as `count`.",
        data=table("vote n; A 480; B 530; C 120"),
    ),
    goals(
        "Published percentages that do not sum to 100",
        "Answers that the table leaves out, such as undecided, have a share too. Add them, or "
        "state how the figures were rounded.",
        model="published",
        shares={"A": 47, "B": 30, "C": 11},
        n=1013,
    ),
    Message(
        "A range that compares dates with a number",
        'Limits of dates are written as dates, `"2020-01-03"`, or as months, `"2020-01"`.',
        {
            "goals": {
                "data": table("vote day; A 2020-01-03; B 2020-02-01; C 2020-02-02"),
                "where": {"day": {"at_least": 2020}},
            }
        },
    ),
)

AGENTS: Sequence[Message] = (
    goals(
        "The same person twice",
        "`respondent` makes sure that nobody counts twice in a population. In a panel, name the "
        "column of the wave as `population`: the same id in two waves is then the same person.",
        data=table("id vote; 1 A; 1 B; 2 B; 3 C"),
        respondent="id",
    ),
    goals(
        "An empty cell in the column of the population",
        "Who belongs to no population is left out, or is a population with a name of its own.",
        data={"vote": ["A", "B", "C"], "region": ["n", "", "s"]},
        population="region",
    ),
    goals(
        "A population that the study does not list",
        "`populations` fixes which there are, and their order. Leave it out to take those of the "
        "data.",
        data=table("vote region; A n; B s; C n"),
        population="region",
        populations=["n"],
    ),
    goals(
        "Rows that count everybody again",
        "A population that is the sum of the others would count every agent twice in their union.",
        data=table(
            "vote at n; A n 30; B n 20; C n 10; A s 5; B s 15; C s 40; A all 35; B all 35; C all 50"
        ),
        population="at",
        count="n",
    ),
    goals(
        "The same counts again",
        "This is a caution: a total may be given again for each of its parts, or rows were pasted "
        "twice.",
        data=table("vote n; A 480; B 530; C 55; A 480; B 530; C 55"),
        count="n",
    ),
    Message(
        "Two different agents of a population of unknown size",
        "P(ma) of two different agents depends on how many there are. State `population_size`, or "
        "take two agents drawn with replacement, which is the default.",
        {"report": {"agents": "different"}},
    ),
)
