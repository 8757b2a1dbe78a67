// Where this script came from is where the sandbox is: API, input frames and challenges all live there.
export const sandboxOrigin = new URL(document.currentScript.src).origin
