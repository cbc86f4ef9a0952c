"""Convolution, as networks mean it: a correlation with a kernel."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument, Option

add = FAMILY.add


def conv2d(x, weight, stride=1, padding=0):
    """Slides kernels over images with several channels and sums the products."""
    pad = (padding, padding)
    x = np.pad(x, ((0, 0), (0, 0), pad, pad))
    rows, columns = weight.shape[-2:]
    height = (x.shape[-2] - rows) // stride + 1
    width = (x.shape[-1] - columns) // stride + 1
    value = 0.0
    for i in range(rows):
        for j in range(columns):
            down = slice(i, i + stride * height, stride)
            across = slice(j, j + stride * width, stride)
            seen = x[:, :, down, across]
            value = value + np.einsum("oc,nchw->nohw", weight[:, :, i, j], seen)
    return value


def vjp_conv2d(cotangent, x, weight, stride=1, padding=0):
    """Sends each product back to the pixel it came from, and to the weight."""
    pad = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), pad, pad))
    height, width = cotangent.shape[-2:]
    to_x, to_weight = np.zeros_like(padded), np.zeros_like(weight)
    for i in range(weight.shape[-2]):
        for j in range(weight.shape[-1]):
            down = slice(i, i + stride * height, stride)
            across = slice(j, j + stride * width, stride)
            tap, seen = weight[:, :, i, j], padded[:, :, down, across]
            to_x[:, :, down, across] += np.einsum("oc,nohw->nchw", tap, cotangent)
            to_weight[:, :, i, j] = np.einsum("nohw,nchw->oc", cotangent, seen)
    rows, columns = (slice(padding, padding + size) for size in x.shape[-2:])
    return to_x[:, :, rows, columns], to_weight


def _exact_conv2d(m, x, weight, stride, padding):
    height, width = len(x[0][0]), len(x[0][0][0])
    rows, columns = len(weight[0][0]), len(weight[0][0][0])
    places = [(c, a, b) for c in range(len(x[0])) for a in range(rows) for b in range(columns)]

    def value(image, kernel, i, j):
        total = m.mpf(0)
        for c, a, b in places:
            row, column = i * stride + a - padding, j * stride + b - padding
            if 0 <= row < height and 0 <= column < width:
                total += kernel[c][a][b] * image[c][row][column]
        return total

    down = range((height + 2 * padding - rows) // stride + 1)
    across = range((width + 2 * padding - columns) // stride + 1)
    return [
        [[[value(image, kernel, i, j) for j in across] for i in down] for kernel in weight]
        for image in x
    ]


add(
    conv2d,
    vjp_conv2d,
    title="Convolution of images",
    use="Image networks: the same few weights at every place.",
    arguments={
        "x": Argument(says="images: channels, rows, columns", shape="(n, c, h, w)"),
        "weight": Argument(
            says="a kernel for each channel of the value", shape="(o, c, a, b)", symbol="w"
        ),
    },
    output="(n, o, (h + 2*padding - a)//stride + 1, (w + 2*padding - b)//stride + 1)",
    formula=r"y_{n,o,i,j} = \sum_{c,a,b} w_{o,c,a,b}\, x_{n,c,\, s i + a - p,\, s j + b - p}",
    slope=r"\bar w_{o,c,a,b} = \sum_{n,i,j} \bar y_{n,o,i,j}\,"
    r" x_{n,c,\, s i + a - p,\, s j + b - p}",
    where={
        r"\bar x_{n,c,k,l}": r"\sum_{o,a,b,i,j} \bar y_{n,o,i,j}\, w_{o,c,a,b}\,"
        r" [k = s i + a - p]\, [l = s j + b - p]"
    },
    takes={
        "stride": Option(
            says="by how many pixels the kernel moves", values=(1, 2), low=1, symbol="s"
        ),
        "padding": Option(
            says="how many rings of zeros surround the image", values=(0, 1), low=0, symbol="p"
        ),
    },
    sizes={"n": 2, "c": 2, "h": 3, "w": 4, "o": 2, "a": 2, "b": 3},
    exact=_exact_conv2d,
    kept="The image and the kernels.",
    cost="Twice the products of the forward pass: once for the image, once for the kernels.",
    aliases=("cross-correlation", "convolutional layer"),
    frameworks={
        "PyTorch": "torch.nn.functional.conv2d(x, weight, stride=stride, padding=padding)",
        "JAX": "jax.lax.conv_general_dilated(x, weight, [stride] * 2, [[padding] * 2] * 2)",
    },
    example="""\
x = np.arange(16.0).reshape(1, 1, 4, 4)
blur = np.full((1, 1, 2, 2), 0.25)
print(conv2d(x, blur, stride=2)[0, 0])
assert vjp_conv2d(np.ones((1, 1, 2, 2)), x, blur, stride=2)[0].sum() == 4.0
""",
    empty=("n", "c", "o"),
)
