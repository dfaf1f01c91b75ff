from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    name = "apps.images"
    label = "images"
    verbose_name = _("Images")
    icon = "image"
    group = "create"
    url_name = "images:gallery"
    key = "i"
    words = _("pictures photos drawings mask inpainting edit variations gallery")
    help = _("Make pictures, change a part of one, make more like one. All of them are kept in the gallery.")
    first_step = _("describe a picture and press Make.")
    position = 10

    def ready(self) -> None:
        from apps.core import holdings, home, jump, picturing
        from apps.images.holdings import ImagesHolding
        from apps.images.home import contribution
        from apps.images.jump import find_pictures
        from apps.images.keeping import PictureKeeper
        from apps.images.operations import EditPicture, MakePictures, VaryPicture
        from apps.images.passing import clean_picture
        from apps.runs.keepers import register_keeper
        from apps.runs.registry import register

        for operation in (MakePictures(), EditPicture(), VaryPicture()):
            register(operation)
        register_keeper(PictureKeeper())
        picturing.register_cleaner(clean_picture)
        jump.register("pictures", _("Pictures"), 25, find_pictures)
        holdings.register(ImagesHolding())
        home.add_card(home.StartCard(_("Make an image"), _("Describe it, and see it appear"), "image", "images:new", 30, "editor"))
        home.add_source(contribution)
