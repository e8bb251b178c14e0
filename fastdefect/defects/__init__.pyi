from .defect import Defect as Defect
from .find import find_defects as find_defects
from .merge import merge_defects as merge_defects
from .params import RegionParams as RegionParams
from .table import COLUMNS as COLUMNS
from .table import Defects as Defects
