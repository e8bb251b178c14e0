from .latency import Latency as Latency
from .profile import Profile as Profile
from .profile import StageProfile as StageProfile
