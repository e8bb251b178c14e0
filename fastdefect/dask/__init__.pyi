from .lazy import Inspected as Inspected
from .lazy import LazyDetection as LazyDetection
from .lazy import detect as detect
