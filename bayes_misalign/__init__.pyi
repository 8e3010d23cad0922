from bayes_misalign import measure as measure
from bayes_misalign.api import fit as fit
from bayes_misalign.api import load as load
from bayes_misalign.areas.choices import AreaChoices as AreaChoices
from bayes_misalign.areas.fit import fit_areas as fit_areas
from bayes_misalign.areas.posterior import AreasPosterior as AreasPosterior
from bayes_misalign.areas.study import AreasStudy as AreasStudy
from bayes_misalign.areas.toml import read_areas as read_areas
from bayes_misalign.errors import BayesMisalignError as BayesMisalignError
from bayes_misalign.errors import DataError as DataError
from bayes_misalign.errors import ResultError as ResultError
from bayes_misalign.errors import StudyError as StudyError
from bayes_misalign.many import FitFailed as FitFailed
from bayes_misalign.many import fit_many as fit_many
from bayes_misalign.models import *  # what a user writes to choose a model
from bayes_misalign.reading.problem_area import ProblemArea as ProblemArea
from bayes_misalign.report.posterior import Posterior as Posterior
from bayes_misalign.start.examples import example as example
from bayes_misalign.study.contact import Contact as Contact
from bayes_misalign.study.options import Fitting as Fitting
from bayes_misalign.study.options import Populations as Populations
from bayes_misalign.study.options import Reporting as Reporting
from bayes_misalign.study.refusals import Refusals as Refusals
from bayes_misalign.study.study import Study as Study
from bayes_misalign.study.toml import read_study as read_study

__version__: str
__all__: list[str]
