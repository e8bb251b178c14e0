from .threshold import Calibration as Calibration
from .threshold import calibrate as calibrate
