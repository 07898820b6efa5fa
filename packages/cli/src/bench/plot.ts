const width = 720;
const rowHeight = 26;
const labelWidth = 300;

/** Bars by hand: a picture of a few numbers needs no library. Readable on light and dark pages. */
export function barChart(title: string, figures: readonly (readonly [name: string, value: number])[]): string {
  const most = Math.max(...figures.map(([, value]) => value), Number.MIN_VALUE);
  const height = 40 + figures.length * rowHeight;
  const bars = figures.map(([name, value], index) => {
    const y = 36 + index * rowHeight;
    const length = Math.max(1, Math.round((value / most) * (width - labelWidth - 110)));
    const color = name.startsWith('Parley') ? '#2f7d5b' : '#8a8f98';
    return `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>
<rect x="${labelWidth}" y="${y}" width="${length}" height="18" rx="3" fill="${color}"/>
<text x="${labelWidth + length + 8}" y="${y + 13}">${value}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" fill="#ffffff"/>
<g font-family="system-ui, sans-serif" font-size="12" fill="#1f2328">
<text x="12" y="22" font-size="15" font-weight="600">${escaped(title)}</text>
${bars.join('\n')}
</g>
</svg>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
