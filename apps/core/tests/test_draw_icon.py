"""An icon that is drawn once is what the package draws each time."""

import pytest
from django.template import Context, Template
from lucide.templatetags.lucide import lucide


def test_it_draws_what_the_package_draws():
    page = Template('{% for name in names %}{% lucide name size=16 class="i" aria_label=label %}{% endfor %}')
    label = '<b>"x"</b> & more'
    drawn = page.render(Context({"names": ["plus", "x", "plus"], "label": label}))
    assert drawn == "".join(str(lucide(name, size=16, **{"class": "i", "aria_label": label})) for name in ("plus", "x", "plus"))
    assert "<b>" not in drawn


@pytest.mark.parametrize("size", [14, 16])
def test_it_keeps_sizes_apart(size):
    assert f'width="{size}"' in Template(f'{{% lucide "plus" size={size} %}}').render(Context())
