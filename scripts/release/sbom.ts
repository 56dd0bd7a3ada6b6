/** The bill of materials of a release, in CycloneDX's JSON: the packages that were bundled, Electron, and Node. */
import { createHash } from 'node:crypto';
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { BundledPackage } from '../../build/vite/bundled-packages.ts';

export interface Materials {
  /** Of Holdfast. */
  readonly version: string;
  /** Of packages of the npm registry. */
  readonly packages: readonly BundledPackage[];
  /** The commit's, so that the same commit gives the same file. */
  readonly date: Date;
}

export function sbomOf({ version, packages, date }: Materials): string {
  const bom = new Models.Bom({ metadata: new Models.Metadata({ timestamp: date }) });
  bom.metadata.component = new Models.Component(Enums.ComponentType.Application, 'holdfast', {
    version,
    bomRef: `holdfast@${version}`,
    licenses: licenses('MIT'),
  });
  for (const one of packages) {
    const component = componentOf(one);
    bom.components.add(component);
    bom.metadata.component.dependencies.add(component.bomRef);
  }
  bom.serialNumber = `urn:uuid:${uuidOf(JSON.stringify({ version, packages }))}`;
  const spec = Spec.Spec1dot6;
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(spec));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf({ name, version, license }: BundledPackage): Models.Component {
  const [scope, bare = ''] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const path = [scope && encodeURIComponent(scope), bare].filter(Boolean).join('/');
  const purl = `pkg:npm/${path}@${encodeURIComponent(version)}`;
  return new Models.Component(Enums.ComponentType.Library, bare, {
    ...(scope !== undefined && { group: scope }),
    version,
    purl,
    bomRef: purl,
    licenses: licenses(license),
  });
}

/** Told of every text that is no plain identifier; throws for one that combines none. */
const factory = new Contrib.License.Factories.LicenseFactory((text) => {
  if (!/ (?:AND|OR|WITH) /.test(text)) throw new Error(`“${text}” is no expression`);
});

function licenses(text: string): Models.LicenseRepository {
  const found = new Models.LicenseRepository();
  if (text !== '') found.add(factory.makeFromString(text));
  return found;
}

/** One of the eighth version, which leaves its digits to whoever makes it (RFC 9562, 5.8). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
