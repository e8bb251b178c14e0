from .compat import defect_detect as defect_detect
from .compat import fab_defect_detect as fab_defect_detect
from .detectors.article import detect as detect
from .engine import Engine as Engine
from .errors import ArgumentTypeError as ArgumentTypeError
from .errors import ArgumentValueError as ArgumentValueError
from .errors import EngineBusyError as EngineBusyError
from .errors import FastDefectError as FastDefectError
from .errors import ImageReadError as ImageReadError
from .errors import MissingPackageError as MissingPackageError
from .errors import ModelFileError as ModelFileError
from .errors import OutputError as OutputError
from .io import read_image as read_image
from .io import write_image as write_image
from .ops import bgr_to_hsv as bgr_to_hsv
from .ops import binarize as binarize
from .ops import box_blur as box_blur
from .ops import dilate as dilate
from .ops import erode as erode
from .ops import nl_means as nl_means
from .ops import otsu_threshold as otsu_threshold
from .ops import value_channel as value_channel
from .params import ArticleParams as ArticleParams
from .result import Defect as Defect
from .result import Detection as Detection

__version__: str
