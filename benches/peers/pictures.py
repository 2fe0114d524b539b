"""N7 with Pillow: the same file, the same three pictures, on one core. Prints the median in milliseconds.

Arguments: the PNG, the WebP method (0 to 6), how often.
"""

import io
import json
import sys
import time

import PIL
from PIL import Image

png = open(sys.argv[1], "rb").read()
method, rounds = int(sys.argv[2]), int(sys.argv[3])


def webp(picture, quality, method):
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=quality, method=method)
    return file.getvalue()


def make():
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    display = webp(picture, 80, method)
    small = picture.resize((384, 384), Image.Resampling.LANCZOS)
    thumbnail = webp(small, 75, 4)
    placeholder = webp(small.resize((32, 32), Image.Resampling.LANCZOS), 40, 4)
    return len(display) + len(thumbnail) + len(placeholder)


times = []
for _ in range(rounds + 2):
    start = time.perf_counter()
    make()
    times.append((time.perf_counter() - start) * 1000)
# The first two warm up.
times = sorted(times[2:])
print(json.dumps({"ms": times[len(times) // 2], "version": f"Pillow {PIL.__version__}"}))
