from .dataset import Sample as Sample
from .dataset import defective_samples as defective_samples
from .dataset import good_paths as good_paths
from .dataset import labelled_samples as labelled_samples
from .run import evaluate as evaluate
from .summary import Evaluation as Evaluation
