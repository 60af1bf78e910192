import { detail } from './detail.ts';
import { edges } from './edges.ts';
import type { FeatureDefinition, FeatureGroup } from './group.ts';
import { hue } from './hue.ts';
import { keypoints } from './keypoints.ts';
import { shape } from './shape.ts';
import { tone } from './tone.ts';

export const FEATURE_GROUPS: readonly FeatureGroup[] = [tone, hue, edges, keypoints, shape, detail];

/** Every feature that Weir knows. */
export const FEATURES: readonly FeatureDefinition[] = FEATURE_GROUPS.flatMap(({ features }) => features);
