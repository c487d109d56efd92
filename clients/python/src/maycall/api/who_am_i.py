from .base_model import BaseModel


class WhoAmI(BaseModel):
    viewer: "WhoAmIViewer"


class WhoAmIViewer(BaseModel):
    name: str
    scopes: list[str]
    workspace: "WhoAmIViewerWorkspace"


class WhoAmIViewerWorkspace(BaseModel):
    id: str
    name: str


WhoAmI.model_rebuild()
WhoAmIViewer.model_rebuild()
