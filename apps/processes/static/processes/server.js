// Calls to the server: JSON there and back, with Django's CSRF token.

const token = () => document.querySelector("#profile [name=csrfmiddlewaretoken]").value;

/** POSTs `body`; gives the status and the answer's JSON. Status 0: no answer, or one that is not JSON. */
export async function post(address, body, signal) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
      signal,
    });
    return { status: response.status, answer: await response.json() };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { status: 0, answer: { sentence: gettext("The server did not answer as it should. Are you still logged in?") } };
  }
}

/** Calls `work(signal)` once nothing has asked for it for `delay` milliseconds; a later call ends an earlier one. */
export function debounced(work, delay) {
  let timer = 0;
  let running = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        await work(running.signal);
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    }, delay);
  };
}
