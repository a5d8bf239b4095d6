// What a person meets on a page as it is drawn: spilling boxes, pale words, small targets, lines that only colour tells.
({least, weakest}) => {
  const shown = (box) => box.getClientRects().length > 0 && box.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  const name = (box) => `${box.tagName.toLowerCase()}.${box.getAttribute('class') || ''} ${(box.getAttribute('aria-label') || box.textContent || '').trim().slice(0, 14)}`;
  const all = [...document.querySelectorAll('.mj, .mj *')].filter(shown);
  const told = {wide: [], small: [], pale: [], moving: [], page: document.documentElement.scrollWidth > innerWidth, words: 0, targets: 0};

  // a box spills where its content is wider and is not cut with an ellipsis; only tabs and days are walked sideways
  for (const box of all) {
    const style = getComputedStyle(box);
    const meant = style.display === 'inline' || style.textOverflow === 'ellipsis' || box.matches('.tabs, .timeline');
    if (!meant && !box.closest('svg') && !box.matches('select, input') && box.clientWidth && box.scrollWidth > box.clientWidth + 1)
      told.wide.push(`${name(box)} ${box.scrollWidth} > ${box.clientWidth}`);
  }

  // colours as they are mixed on the way to the screen
  const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true}), known = {};
  const colour = (words) => known[words] ||= (() => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = words;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  })();
  const over = (top, under) => [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3])).concat(1);
  const ancestors = (box) => { const found = []; for (let at = box; at; at = at.parentElement) found.push(at); return found; };
  // every colour that may lie under a word: a gradient or a hatching counts with each of its own
  const stops = (style) => style.backgroundImage.includes('gradient(') ? style.backgroundImage.match(/rgba?\([^)]*\)|color\([^)]*\)|oklab\([^)]*\)/g) || [] : [];
  function grounds(box) {
    const styles = ancestors(box).map((at) => getComputedStyle(at)), solid = styles.findIndex((style) => colour(style.backgroundColor)[3] === 1);
    let under = [[255, 255, 255, 1]];
    for (const style of styles.slice(0, solid < 0 ? undefined : solid + 1).reverse()) {
      under = under.map((one) => over(colour(style.backgroundColor), one));
      under = under.concat(stops(style).flatMap((stop) => under.map((one) => over(colour(stop), one))));
    }
    return under;
  }
  const light = (parts) => {
    const [red, green, blue] = parts.slice(0, 3).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const walker = document.createTreeWalker(document.querySelector('.mj'), NodeFilter.SHOW_TEXT), seen = new Set();
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(box) || !shown(box) || box.closest('option, :disabled')) continue;
    seen.add(box);
    const style = getComputedStyle(box), ink = colour(box.closest('svg') ? style.fill : style.color);
    const opacity = ancestors(box).reduce((left, at) => left * Number(getComputedStyle(at).opacity), ink[3]);
    const ratio = Math.min(...grounds(box).map((back) => {
      const [high, low] = [light(over([...ink.slice(0, 3), opacity], back)), light(back)].sort((one, other) => other - one);
      return (high + 0.05) / (low + 0.05);
    }));
    if (ratio < weakest) told.pale.push(`${name(box)} ${ratio.toFixed(2)}`);
  }
  told.words = seen.size;

  // nothing moves for who asked for it: no transition and no animation that takes time, on boxes or before and after them
  const lasts = (times) => times.split(',').some((time) => parseFloat(time) > 0);
  for (const box of document.querySelectorAll('.mj, .mj *'))
    for (const part of [null, '::before', '::after', '::backdrop']) {
      const style = getComputedStyle(box, part);
      if (lasts(style.transitionDuration) || (style.animationName !== 'none' && lasts(style.animationDuration))) told.moving.push(`${name(box)} ${part || ''}`);
    }

  // how far a pointer may miss the middle of a target and still meet it; a link within a sentence is as tall as its line,
  // and each column of the timeline stands on the card as a row
  const inSentence = (box) => (box.matches('a') && getComputedStyle(box).display === 'inline')
    || (box.parentElement.matches('p, li, dd, td') && [...box.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const modal = document.querySelector('dialog:modal');  // what lies behind it is met by nobody
  const targets = all.filter((box) => box.matches('a[href], button, select, summary, textarea, input:not([type=hidden])')
    && !box.disabled && !box.matches('.cell, .lanes .label, .cite') && !inSentence(box) && (!modal || modal.contains(box)));
  for (const box of least ? targets : []) {
    box.scrollIntoView({block: 'center', inline: 'center'});
    const own = box.closest('label') || box, at = box.getBoundingClientRect();
    const [x, y] = [at.left + at.width / 2, at.top + at.height / 2];
    const meets = (right, down) => own.contains(document.elementFromPoint(x + right, y + down));
    const run = (right, down) => { let far = 0; while (far < least && meets(right * (far + 1), down * (far + 1))) far += 1; return far; };
    const wide = meets(0, 0) ? run(1, 0) + run(-1, 0) + 1 : 0, tall = meets(0, 0) ? run(0, 1) + run(0, -1) + 1 : 0;
    if (Math.min(wide, tall) < least - 1) told.small.push(`${name(box)} ${wide} x ${tall}`);
  }
  told.targets = targets.length;
  return told;
}
