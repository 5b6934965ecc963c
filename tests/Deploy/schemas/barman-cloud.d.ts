// The fields of the Barman Cloud plugin's object that we use, after https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/; its configuration is that
// of CloudNativePG's own types.
import type { IComGithubCloudnativePgBarmanCloudPkgApiBarmanObjectStoreConfiguration as Configuration } from "@kubernetes-models/cloudnative-pg/github.com/cloudnative-pg/barman-cloud/pkg/api/BarmanObjectStoreConfiguration";

export interface IObjectStore {
  apiVersion: "barmancloud.cnpg.io/v1";
  kind: "ObjectStore";
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec: { configuration: Configuration; retentionPolicy?: string };
}
