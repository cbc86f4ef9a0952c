"""Layers that change the number of places of an image, without weights."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument, Option

add = FAMILY.add

IMAGE = Argument(says="images: channels, rows, columns", shape="(n, c, h, w)")
WINDOW = Option(
    says="the side of a window, and by how much it moves", values=(2, 3), low=1, symbol="s"
)
SIDES = {"n": 2, "c": 2, "h": 7, "w": 6}


def avg_pool2d(x, size=2):
    """The mean of every window of size by size pixels; what is left over at the end is dropped."""
    n, c, h, w = x.shape
    x = x[:, :, : h // size * size, : w // size * size]
    return np.mean(x.reshape(n, c, h // size, size, w // size, size), axis=(3, 5))


def vjp_avg_pool2d(cotangent, x, size=2):
    """Every pixel of a window gets the same part; what was dropped gets 0."""
    slope = np.zeros_like(x)
    _, _, rows, columns = cotangent.shape
    spread = np.repeat(np.repeat(cotangent / size**2, size, axis=2), size, axis=3)
    slope[:, :, : rows * size, : columns * size] = spread
    return slope


def _exact_avg_pool2d(m, x, size):
    def pooled(image):
        rows, columns = len(image) // size, len(image[0]) // size
        return [
            [
                m.fsum(image[i * size + a][j * size + b] for a in range(size) for b in range(size))
                / size**2
                for j in range(columns)
            ]
            for i in range(rows)
        ]

    return [[pooled(image) for image in images] for images in x]


add(
    avg_pool2d,
    vjp_avg_pool2d,
    title="Average pooling",
    use="Image networks: fewer places, each a mean of its neighbourhood.",
    arguments={"x": IMAGE},
    output="(n, c, h//size, w//size)",
    formula=r"y_{n,c,i,j} = \frac{1}{s^2} \sum_{k,l} x_{n,c,k,l}"
    r"\, [\lfloor k/s \rfloor = i]\, [\lfloor l/s \rfloor = j]",
    slope=r"\bar x_{n,c,k,l} = \frac{1}{s^2} \sum_{i,j} \bar y_{n,c,i,j}"
    r"\, [\lfloor k/s \rfloor = i]\, [\lfloor l/s \rfloor = j]",
    takes={"size": WINDOW},
    sizes=SIDES,
    wide=("h", "w"),
    exact=_exact_avg_pool2d,
    kept="Nothing but the shape: it is linear.",
    cost="One quotient for each window.",
    aliases=("mean pooling",),
    frameworks={
        "PyTorch": "torch.nn.functional.avg_pool2d(x, size)",
        "Keras": "keras.ops.average_pool(x, size)  # channels last",
    },
    example="""\
x = np.arange(16.0).reshape(1, 1, 4, 4)
print(avg_pool2d(x)[0, 0])
print(vjp_avg_pool2d(np.array([[[[4.0, 0.0], [0.0, 8.0]]]]), x)[0, 0])
assert vjp_avg_pool2d(np.ones((1, 1, 2, 2)), x).sum() == 4.0  # nothing is lost
""",
    empty=("n", "c"),
)


def upsample_nearest(x, size=2):
    """Repeats every pixel in a block of size by size."""
    return np.repeat(np.repeat(x, size, axis=2), size, axis=3)


def vjp_upsample_nearest(cotangent, x, size=2):
    """Sums over every block."""
    n, c, h, w = x.shape
    return np.sum(cotangent.reshape(n, c, h, size, w, size), axis=(3, 5))


add(
    upsample_nearest,
    vjp_upsample_nearest,
    title="Nearest upsampling",
    use="Decoders that make an image larger, before a convolution.",
    arguments={"x": IMAGE},
    output="(n, c, h*size, w*size)",
    formula=r"y_{n,c,k,l} = x_{n,c,\, \lfloor k/s \rfloor,\, \lfloor l/s \rfloor}",
    slope=r"\bar x_{n,c,i,j} = \sum_{k,l} \bar y_{n,c,k,l}"
    r"\, [\lfloor k/s \rfloor = i]\, [\lfloor l/s \rfloor = j]",
    takes={"size": Option(says="by how much it grows", values=(2, 3), low=1, symbol="s")},
    sizes={"n": 2, "c": 2, "h": 3, "w": 2},
    exact=lambda m, x, size: [
        [
            [[v for v in row for _ in range(size)] for row in image for _ in range(size)]
            for image in c
        ]
        for c in x
    ],
    kept="Nothing but the shape: it is linear.",
    cost="One sum for each pixel.",
    aliases=("nearest-neighbour interpolation", "pixel repetition"),
    frameworks={
        "PyTorch": "torch.nn.functional.interpolate(x, scale_factor=size)",
        "Keras": "keras.layers.UpSampling2D(size)(x)  # channels last",
    },
    example="""\
x = np.array([[[[1.0, 2.0]]]])
print(upsample_nearest(x)[0, 0])
assert vjp_upsample_nearest(np.ones((1, 1, 2, 4)), x).sum() == 8.0
""",
    empty=("n", "c", "h", "w"),
)
