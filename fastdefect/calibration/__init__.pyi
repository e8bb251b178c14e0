from .domain import Domain as Domain
from .domain import learn_domain as learn_domain
from .odd import Judgement as Judgement
from .odd import check_odd as check_odd
from .threshold import Calibration as Calibration
from .threshold import calibrate as calibrate
