/** on / once / off / emit for an element's events. A listener that throws does not stop the others. */
export function createEmitter() {
  const listeners = new Map()
  const of = type => {
    if (!listeners.has(type)) listeners.set(type, [])
    return listeners.get(type)
  }
  return {
    on: (type, handler) => of(type).push({ handler, once: false }),
    once: (type, handler) => of(type).push({ handler, once: true }),
    off(type, handler) {
      const kept = handler ? of(type).filter(entry => entry.handler !== handler) : []
      listeners.set(type, kept)
    },
    has: type => of(type).length > 0,
    emit(type, event) {
      for (const entry of [...of(type)]) {
        if (entry.once) this.off(type, entry.handler)
        try {
          entry.handler(event)
        } catch (error) {
          reportError(error)
        }
      }
    },
  }
}
