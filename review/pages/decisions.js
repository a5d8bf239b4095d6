// Decisions: screen first, then the server's receipt. Presses go one after another, each with an id of its own;
// one that gets no receipt is kept in this browser (ids only) and sent again with the same id.
(function (mj) {
  'use strict';
  const LONGEST_WAIT = 30000;

  mj.decisions = function (page, told) {
    const kept = () => 'mingjian-presses:' + page.person.name;  // of one person: nobody's press is sent as another's
    const waiting = [], newest = {};  // newest line of each finding that this browser got a receipt for
    let sending = false, pause = 1000, timer = 0;

    function keep() {
      const plain = waiting.map(({name, value}) => ({name, value: {...value, note: undefined}}));
      if (plain.length) localStorage.setItem(kept(), JSON.stringify(plain)); else localStorage.removeItem(kept());
    }
    async function pump() {
      if (sending) return;
      sending = true;
      clearTimeout(timer);
      while (waiting.length) {
        const press = waiting[0], finding = press.value.finding;
        if (finding in newest) press.value.known = newest[finding];
        const slow = setTimeout(() => told.waiting(press), 2000);
        const reply = await mj.ask(page, press.name, press.value);
        clearTimeout(slow);
        if (!reply || reply.defect) {
          press.tries = (press.tries || 0) + 1;
          told.lost(press);
          timer = setTimeout(pump, pause);
          pause = Math.min(pause * 2, LONGEST_WAIT);
          break;
        }
        pause = 1000;
        waiting.shift();
        keep();
        if (reply.problem) told.refused(press, reply.problem);
        else if (reply.conflict) told.conflict(press, reply.conflict);
        else {
          const line = press.name === 'undo' ? reply.stands : reply.decision;
          newest[press.name === 'undo' ? reply.finding : finding] = line ? line.seq : null;
          told.saved(press, reply);
        }
      }
      sending = false;
    }
    return {
      send(name, value) {
        const press = {name, value: {...value, press: mj.newPress()}};
        waiting.push(press);
        keep();
        pump();
        return press;
      },
      again() { pause = 1000; pump(); },
      busy: () => waiting.length > 0,
      resume() {
        try { waiting.push(...JSON.parse(localStorage.getItem(kept()) || '[]')); } catch { localStorage.removeItem(kept()); }
        if (waiting.length) pump();
      },
    };
  };
  // randomUUID exists only where the page is secure; a bureau's plain http address is not
  mj.newPress = function () {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };

  mj.loaded.add('decisions');
})(window.mingjian ||= {loaded: new Set()});
