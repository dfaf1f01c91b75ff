"""The product as it is before its first start."""

from tests.product import Product


class UntouchedProduct(Product):
    """Tables, static files and nothing else: nobody has an account. `ids["token"]` is the token to make the first."""

    def prepare(self) -> None:
        self.manage("migrate", "--verbosity=0")
        self.manage("collectstatic", "--verbosity=0", "--no-input")
        self.ids = {"token": self.manage("setup_token").split()[-1]}
