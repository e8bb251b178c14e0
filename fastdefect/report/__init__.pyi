from .coco import CocoExport as CocoExport
from .export import CsvExport as CsvExport
from .export import ImagesCsvExport as ImagesCsvExport
from .export import JsonLinesExport as JsonLinesExport
from .overlay_image import overlay as overlay
from .page import PageExport as PageExport
from .panel_figure import panel as panel
from .training.picture import training_picture as training_picture
