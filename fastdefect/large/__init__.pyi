from .engine import detect as detect
from .hashes import image_digest as image_digest
from .hashes import table_digest as table_digest
from .progress import Progress as Progress
from .result import LargeDetection as LargeDetection
from .result import open_result as open_result
