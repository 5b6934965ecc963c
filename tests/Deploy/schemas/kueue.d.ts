// The fields of Kueue's objects that we use, after https://kueue.sigs.k8s.io/docs/reference/kueue.v1beta2/.
interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
}

interface Toleration {
  key?: string;
  operator?: "Exists" | "Equal";
  value?: string;
  effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

type ApiVersion = "kueue.x-k8s.io/v1beta2";

export interface IResourceFlavor {
  apiVersion: ApiVersion;
  kind: "ResourceFlavor";
  metadata: Metadata;
  spec?: { nodeLabels?: Record<string, string>; tolerations?: Toleration[] };
}

export interface IClusterQueue {
  apiVersion: ApiVersion;
  kind: "ClusterQueue";
  metadata: Metadata;
  spec: {
    cohortName?: string;
    namespaceSelector?: { matchLabels?: Record<string, string> };
    queueingStrategy?: "StrictFIFO" | "BestEffortFIFO";
    preemption?: {
      reclaimWithinCohort?: "Never" | "LowerPriority" | "Any";
      withinClusterQueue?: "Never" | "LowerPriority" | "LowerOrNewerEqualPriority";
    };
    resourceGroups: {
      coveredResources: string[];
      flavors: { name: string; resources: { name: string; nominalQuota: string | number; borrowingLimit?: string | number; lendingLimit?: string | number }[] }[];
    }[];
  };
}

export interface ILocalQueue {
  apiVersion: ApiVersion;
  kind: "LocalQueue";
  metadata: Metadata;
  spec: { clusterQueue: string; stopPolicy?: "None" | "Hold" | "HoldAndDrain" };
}

export interface IWorkloadPriorityClass {
  apiVersion: ApiVersion;
  kind: "WorkloadPriorityClass";
  metadata: Metadata;
  value: number;
  description?: string;
}
