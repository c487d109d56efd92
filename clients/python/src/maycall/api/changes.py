from .base_model import BaseModel
from .fragments import Change


class Changes(BaseModel):
    changes: "ChangesChanges"


ChangesChanges = Change
Changes.model_rebuild()
