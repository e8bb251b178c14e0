from .domain import Domain as Domain
from .domain import learn_domain as learn_domain
from .threshold import Calibration as Calibration
from .threshold import calibrate as calibrate
