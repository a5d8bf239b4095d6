"""A process that does what a bad file makes a library do; the tests of isolation start it."""

import os
import time

from knowledge.readers import UnreadableFile
from knowledge.readers.serving import serve


def answered(request, tell):
    match request:
        case ["sleep", seconds]:
            time.sleep(seconds)
        case ["pages", count, seconds]:
            for number in range(count):
                time.sleep(seconds)
                tell({"turned": [number + 1, count]})
        case ["picture", seconds]:
            tell({"recognising": True})
            time.sleep(seconds)
            tell({"recognising": False})
        case ["crash"]:
            os.abort()
        case ["flood"]:
            return {"size": len(bytearray(10**9))}
        case ["deep"]:
            return answered(request, tell)
        case ["defect"]:
            return {"never": [][1]}
        case ["long", size]:
            return {"said": "甲" * size}
        case ["refuse"]:
            raise UnreadableFile("坏了", "请另存一份")
        case ["print"]:
            print("library chatter")
    return {"said": request}


if __name__ == "__main__":
    serve(answered)
