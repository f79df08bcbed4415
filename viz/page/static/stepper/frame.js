// The page in the output of a notebook: it carries the whole page of steps, packed, and becomes it.

import { inflate, textOf } from "../shared/packed.js";

inflate(document.getElementById("packed").textContent).then((buffer) => {
  document.open();
  document.write(textOf(buffer));
  document.close();
}).catch((error) => {
  document.body.append(`The steps cannot be shown: ${error.message}.`);
  throw error;
});
